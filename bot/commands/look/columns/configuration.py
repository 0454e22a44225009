"""kubectl get configmaps, secrets: how many keys, never a value."""

from bot.commands.look.columns.column import Column, View, age_of, name
from bot.model.kube.configuration import ConfigMap, Secret
from bot.model.resources import CONFIGMAP, SECRET

VIEWS = (
    View[ConfigMap](
        CONFIGMAP,
        ConfigMap,
        (
            Column("NAME", name),
            Column("DATA", lambda it, now: str(len(it.data) + len(it.binary_data))),
            Column("AGE", age_of),
        ),
    ),
    View[Secret](
        SECRET,
        Secret,
        (
            Column("NAME", name),
            Column("TYPE", lambda it, now: it.type),
            Column("DATA", lambda it, now: str(len(it.data))),
            Column("AGE", age_of),
            Column("KEYS", lambda it, now: ",".join(sorted(it.data)), wide=True),
        ),
    ),
)
