"""Who may speak to the bot at all:
a person's account and his subject, checked anew for everything that changes something.
"""

from bot.engine.policy import Policy
from bot.errors import Denied, NotFound
from bot.model.actor import Actor, Person
from bot.ports import Directory


async def identify(directory: Directory, policy: Policy, *, team_id: str, user_id: str, fresh: bool) -> Actor:
    """The actor behind a Slack account.

    Raises Denied with the reason; Unreachable when Slack does not say (then: no).
    """
    try:
        person = await directory.person(team_id, user_id, fresh=fresh)
    except NotFound:
        raise Denied("Slack does not know your account here. Nothing was done.") from None
    if fault := _fault(person, team_id):
        raise Denied(f"{fault} Nothing was done.", hint="Ask a member of the workspace's own team to do it.")
    entry = policy.people.get(user_id)
    if entry is None:
        raise Denied(
            f"Your Slack account ({user_id}) is not in the policy file, so you may not use this bot. Nothing was done.",
            hint="Ask its owner to add you under `people`.",
        )
    return Actor(person=person, subject=entry.subject)


def _fault(person: Person, team_id: str) -> str:
    """Why this account may do nothing; empty when it may."""
    if person.is_deleted:
        return "This account is deactivated."
    if person.is_bot:
        return "Apps and bots may not give commands."
    if person.is_guest:
        return "Guests of the workspace may not use this bot."
    if person.is_stranger or person.team_id != team_id:
        return "People from other workspaces may not use this bot."
    return ""
