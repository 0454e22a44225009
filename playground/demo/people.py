"""Who is who in the demo, as the greeting says it."""

OPS = "C0OPS00001"

WHO = "maya asks, jon approves, vera may only look, gus is a guest"

BOT_NAMESPACE, BOT_ACCOUNT = "saas-bot", "system:serviceaccount:saas-bot:saas-bot"
"""The bot's identity in the cluster: it has the rights that its commands declare, and no other."""
