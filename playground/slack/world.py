"""The people and channels of the demo: whom one can be, and where one can speak."""

from playground.slack.clock import Clock
from playground.slack.installation import Installation
from playground.slack.manifest import Manifest
from playground.slack.values import Channel, ChannelKind, Person, Presence, Team, UserGroup
from playground.slack.workspace import Workspace

TEAM = Team(id="T0SAASODOO", name="SaaSOdoo", domain="saasodoo")
OTHER_TEAM = "T0ACMECORP"

APP_ID, BOT_ID, BOT_USER = "A0SAASBOT1", "B0SAASBOT1", "U0SAASBOT1"

_ID = {
    "maya": "U0MAYA0001",
    "jon": "U0JON00001",
    "lena": "U0LENA0001",
    "vera": "U0VERA0001",
    "gus": "U0GUS00001",
    "omar": "U0OMAR0001",
    "dara": "U0DARA0001",
}

PEOPLE = (
    Person(
        id=_ID["maya"],
        name="maya",
        real_name="Maya Okafor",
        title="Site reliability engineer",
        team_id=TEAM.id,
        colour="2e7d6b",
        email="maya@saasodoo.example",
    ),
    Person(
        id=_ID["jon"],
        name="jon",
        real_name="Jon Berg",
        title="Site reliability engineer",
        team_id=TEAM.id,
        colour="3867d6",
        email="jon@saasodoo.example",
    ),
    Person(
        id=_ID["lena"],
        name="lena",
        real_name="Lena Sato",
        title="Platform lead",
        team_id=TEAM.id,
        colour="8e44ad",
        email="lena@saasodoo.example",
        is_admin=True,
    ),
    Person(
        id=_ID["vera"],
        name="vera",
        real_name="Vera Lind",
        title="Support, may look but not touch",
        team_id=TEAM.id,
        colour="c0662b",
        email="vera@saasodoo.example",
    ),
    Person(
        id=_ID["gus"],
        name="gus",
        real_name="Gus Moreau",
        title="Guest",
        team_id=TEAM.id,
        colour="7f8c2d",
        email="gus@contractor.example",
        is_restricted=True,
    ),
    Person(
        id=_ID["omar"],
        name="omar",
        real_name="Omar Haddad",
        title="From Acme, by Slack Connect",
        team_id=OTHER_TEAM,
        colour="b03a5b",
        email="omar@acme.example",
        is_stranger=True,
    ),
    Person(
        id=_ID["dara"],
        name="dara",
        real_name="Dara Quinn",
        title="Left the company",
        team_id=TEAM.id,
        colour="6b7280",
        email="dara@saasodoo.example",
        presence=Presence.AWAY,
        deleted=True,
    ),
)

USERGROUPS = (
    UserGroup(
        id="S0SRE00001", handle="sre", name="SRE", users=(_ID["maya"], _ID["jon"], _ID["lena"]), is_idp_group=True
    ),
    UserGroup(id="S0DBA00001", handle="dba", name="DBA", users=(_ID["lena"],), is_idp_group=True),
    UserGroup(id="S0SRELEAD1", handle="sre-leads", name="SRE leads", users=(_ID["lena"],), is_idp_group=True),
)

_STAFF = tuple(_ID[name] for name in ("maya", "jon", "lena", "vera"))

CHANNELS = (
    Channel(
        id="C0OPS00001",
        name="ops",
        topic="Ask the bot: /saas help",
        members=(*_STAFF, _ID["gus"], BOT_USER),
    ),
    Channel(id="C0ALERTS01", name="alerts", topic="What is wrong right now", members=(*_STAFF, BOT_USER)),
    Channel(id="C0GENERAL1", name="general", topic="Everything else", members=_STAFF),
    Channel(
        id="C0LEADS001",
        name="platform-leads",
        kind=ChannelKind.PRIVATE,
        topic="For platform leads",
        members=(_ID["lena"], BOT_USER),
    ),
    Channel(
        id="C0ACME0001",
        name="acme-shared",
        topic="Shared with Acme by Slack Connect",
        members=(_ID["maya"], _ID["lena"], _ID["omar"], BOT_USER),
        is_ext_shared=True,
    ),
)


def installation(manifest: Manifest) -> Installation:
    """The app of *manifest*, installed with all that it asks for; tokens are new on each start."""
    return Installation(
        team_id=TEAM.id,
        app_id=APP_ID,
        bot_id=BOT_ID,
        bot_user=BOT_USER,
        manifest=manifest,
        scopes=set(manifest.bot_scopes),
    )


def populated(app: Installation, clock: Clock) -> Workspace:
    """The workspace of the demo, with everybody in it and nothing said yet."""
    workspace = Workspace(team=TEAM, bot_user=app.bot_user, clock=clock)
    bot = Person(
        id=app.bot_user,
        name=app.manifest.bot_display_name,
        real_name=app.manifest.name,
        team_id=TEAM.id,
        is_bot=True,
    )
    for person in (*PEOPLE, bot):
        workspace.add_person(person)
    for group in USERGROUPS:
        workspace.put_usergroup(group)
    for channel in CHANNELS:
        workspace.put_channel(channel)
    return workspace
