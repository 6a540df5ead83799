"""What the features of a passage say to a support lead."""

from support_graph.domain.explanations import Vocabulary

VOCABULARY = Vocabulary(
    unwelcome=frozenset({"other_page", "missing"}),
    speaking_for={
        "cosine": "the passage means much the same as the question",
        "lead": "no other passage comes near",
        "spread": "it stands out among the passages found",
        "share": "it holds most of the question's telling words",
        "missing": "it lacks no telling word",
        "shared": "it shares many words with the question",
        "agreement": "meaning and words point to the same passage",
        "same_page": "it is on the page the customer is on",
    },
    speaking_against={
        "cosine": "the passage means something else",
        "lead": "another passage fits almost as well",
        "spread": "many passages are about as near",
        "share": "it holds few of the question's telling words",
        "missing": "it lacks a telling word of the question",
        "shared": "it shares few words with the question",
        "agreement": "meaning and words point to different passages",
        "other_page": "it is not on the page the customer is on",
    },
)
