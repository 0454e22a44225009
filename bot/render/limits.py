"""Slack's limits, in one place: documented ones by name, and the margins that we keep from them."""

MESSAGE_CHARACTERS = 9_500
"""All text of a message: Slack refuses somewhere past 11,000 (`msg_blocks_too_long`, undocumented), 10,000 is safe."""

PREFORMATTED_CHARACTERS = 6_000
"""One preformatted text in a message; more goes to a file."""

NOTIFICATION_CHARACTERS = 300
"""The top-level text, which is all that a notification shows; chat.update refuses more than 4,000."""

PARAGRAPH_CHARACTERS = 1_500
"""One paragraph, fact or warning; section text may have 3,000."""

FACT_CHARACTERS = 500
"""One fact or warning: six of each still leave room on a card."""

REASON_CHARACTERS = 300
"""A person's reason on a card; the whole of it is in the audit."""

DIFF_CHARACTERS = 4_000
"""A diff in the approval modal; Details has no more, the object itself has."""

WARNINGS_PER_CARD = 5
"""More nobody reads on a phone; the rest is counted there, and stands in the modal that approves."""

PLAN_LINES = 50
"""Facts, and warnings, where a plan is approved: all of any plan that a person could take in."""

LINE_CHARACTERS = 400
"""One line of preformatted text: a line of 2 MB must not push all others out."""

CELL_CHARACTERS = 100
"""One cell of a table; longer than any name in use, short enough for twenty rows."""

BUTTON_CHARACTERS = 75
CONTAINER_TITLE_CHARACTERS = 150
TITLE_CHARACTERS = 24
"""Title, submit and close of a modal."""

OPTION_CHARACTERS = 75
PLACEHOLDER_CHARACTERS = 150

OPTION_VALUE_CHARACTERS = 150
"""Value of an option: longer than nearly any name in use; a longer one is typed in a line."""

MENU_OPTIONS = 100
"""Options of a select menu."""

OVERFLOW_OPTIONS = 5
"""Options of an overflow menu."""

MONOSPACE_COLUMNS = 38
"""What a phone of 390 px shows beside a coloured bar; a wider table wraps, and wrapped columns cannot be read."""

NATIVE_TABLES = 1
"""Table blocks per message (`only_one_table_allowed`)."""

ROWS_PER_PAGE = 20
ROWS_IN_CHAT = 200
"""A longer table also goes to a file."""

BUTTONS_PER_CARD = 3
ACTIONS_PER_ROW = 25
"""Elements of an actions block."""
SUGGESTIONS = 5
"""Buttons under a refusal; more than five near misses are noise."""

FACTS_PER_CARD = 6
FACTS_PER_BLOCK = 12
"""Of an answer, which may tell more than a card."""
