"""Authorship: who wrote a Secret and when, on the practice cluster and a real one, without a value of it."""

from bot.k8s.cluster import KubernetesCluster
from bot.k8s.request import Request
from bot.k8s.session import Answer
from bot.model.refs import ObjectRef
from bot.model.resources import SECRET
from tests.k8s.conftest import Target

VALUE = "aHVudGVyMg=="


class Overheard(KubernetesCluster):
    """The cluster, and all that it has answered."""

    heard = b""

    async def _send(self, request: Request) -> Answer:
        answer = await super()._send(request)
        self.heard += answer.body
        return answer


async def test_the_last_writer_of_a_secret_is_known_and_its_values_stay_where_they_are(target: Target) -> None:
    body = {"metadata": {"name": "database"}, "data": {"password": VALUE}}
    await target.cluster.create(SECRET, body, namespace=target.namespace)
    overheard = Overheard(target.session)
    first = (await overheard.authorship(SECRET, "database", target.namespace)).content
    assert first is not None
    assert first.time is not None
    assert VALUE.encode() not in overheard.heard
    assert b"f:password" in overheard.heard
    label = {"metadata": {"labels": {"seen": "yes"}}}
    await target.cluster.merge_patch(ObjectRef("secret", "database", target.namespace), label)
    again = (await overheard.authorship(SECRET, "database", target.namespace)).content
    assert again is not None
    assert again.manager == first.manager
