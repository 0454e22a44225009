"""Typeahead: what is offered while a person types; one who types too fast to be a person gets what is at hand."""

from collections import OrderedDict
from collections.abc import Sequence

from bot.model.suggestion import Option, Search
from bot.ports import Clock
from bot.slack.features import Suggest
from bot.slack.patience import Patience, TooMany

QUESTIONS_PER_MINUTE = 60
"""Of one person: a form filled in without a pause. Each may cost the API server a few small requests."""
FIELDS_KEPT = 1_000
"""With at most a hundred options each; who typed longest ago is forgotten first."""


class Typeahead:
    """Options for the fields of forms."""

    def __init__(self, suggest: Suggest, clock: Clock) -> None:
        """Ask *suggest*, so often for one person and no more."""
        self._suggest = suggest
        self._patience = Patience(QUESTIONS_PER_MINUTE, clock)
        self._offered: OrderedDict[tuple[str, str, str], Sequence[Option]] = OrderedDict()

    async def options(self, search: Search) -> Sequence[Option]:
        """What fits, asked anew or, past the limit, of what was offered in that field before.

        Raises BotError.
        """
        field = (search.user_id, search.value, search.name)
        try:
            self._patience.spend(search.user_id)
        except TooMany:
            wanted = search.query.strip().lower()
            return [one for one in self._offered.get(field, ()) if wanted in one.label.lower()]
        found = await self._suggest(search)
        self._offered[field] = found
        self._offered.move_to_end(field)
        if len(self._offered) > FIELDS_KEPT:
            self._offered.popitem(last=False)
        return found
