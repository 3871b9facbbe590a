"""The schools of the story: one company per language, so that its runs do not meet."""

import json


def make_schools(server, languages):
    """What ``story_school.py`` has made, by language."""
    output = server.shell.script(
        "story_school.py", "story-school", {"CAMPUS_STORY": json.dumps({"languages": languages})}
    )
    line = next(line for line in output.splitlines() if line.startswith("STORY "))
    return json.loads(line.removeprefix("STORY "))
