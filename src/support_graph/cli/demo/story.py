"""What is asked and answered in the demo; change the words here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`documented` must be answered by this project's own documents when it is asked from `page`,
    `unknown` by nothing in them; `reworded` asks what `unknown` asks."""

    customer: str
    teammate: str
    page: str
    documented: str
    unknown: str
    answer: str
    reworded: str


STORY = Story(
    customer="Ana",
    teammate="Tina",
    page="Operations",
    documented="Which Postgres versions are supported?",
    unknown="Does it work with Postgres on Amazon RDS?",
    answer=(
        "Yes. Set DATABASE_URL to your RDS instance and run support-graph migrate once; the "
        "instance's master user may create the roles that it needs."
    ),
    reworded="We have a Postgres at Amazon RDS, can it use that?",
)
