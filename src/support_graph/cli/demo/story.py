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
    unknown="Can I pay by invoice instead of by credit card?",
    answer=(
        "Yes: on the Scale plan we invoice once a year. Write to billing@example.com with your "
        "company's address, and your next renewal comes as an invoice."
    ),
    reworded="Is it possible to get an invoice rather than paying by credit card?",
)
