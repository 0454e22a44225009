"""What people write to get more than they may: mentions, links, a way out of a fence, signs that nobody sees."""

LONG = 3_200
"""Characters of what nobody bounds: more than Slack takes in any one place."""

CORPUS = (
    "<!channel> <!here> <!everyone>",
    "<!subteam^S0SRE> <@U0MAYA0001> <#C0OPS00001>",
    "<https://evil.example|Approve>",
    "&lt;!channel&gt;",
    "@here @channel #ops :white_check_mark: https://evil.example evil.example",
    "*✅ Approved by* _jon_ ~no~ `x` ``` \n```\n*out of the fence*",
    "> quoted\n>>> all of it",
    'it\'s "quoted" \\ $(id) `id` ; id',
    "\x1b[31mred\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\u202egnp.exe \u2066isolated\u2069 \ufeff\u200b\u200d\u2028\u2029",
    "e" + "\u0301" * 300,
    "\U000e0041 \ufdd0 \x00\x7f\x85\x9b31m",
    "x" * LONG,
)
