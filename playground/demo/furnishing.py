"""What the demo gives the page: a story to try, things to break, and completion of the bot's command."""

from playground.demo.breaking import faults
from playground.demo.completion import completion
from playground.demo.story import STORIES
from playground.demo.world import World
from playground.page.routes import GUIDE


def furnish(world: World) -> None:
    """Hand it in."""
    guide = world.slack.web[GUIDE]
    guide.stories, guide.faults = STORIES, faults(world)
    guide.complete = completion(world.cluster.kube).complete
