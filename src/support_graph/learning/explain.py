"""What the features of a past answer say to a support lead."""

from support_graph.domain.explanations import Vocabulary

VOCABULARY = Vocabulary(
    unwelcome=frozenset({"novelty", "unanswerable"}),
    speaking_for={
        "vote": "the past answers agree on this one",
        "similarity": "a known phrasing is very close to the question",
        "lead": "no other answer comes near",
        "centroid_lead": "no other topic comes near",
        "typicality": "the question is typical of what this answer was given to",
        "words": "it shares the telling words",
        "experience": "it has been asked for in many ways",
        "track_record": "it has been right before",
        "novelty": "few questions are new these days",
        "likelihood_lead": "it is far likelier than any other answer",
        "familiarity": "such questions were answered with it before",
        "agreement": "every way of looking points to it",
        "pair_record": "it was right before when the same answer came second",
        "kin_lead": "no other answer was given to questions so like it",
        "kin_vote": "the questions most like it had this answer",
        "kin": "a question very like it had this answer",
    },
    speaking_against={
        "vote": "the past answers disagree",
        "similarity": "no known phrasing is close to the question",
        "lead": "another answer fits almost as well",
        "centroid_lead": "another topic fits almost as well",
        "typicality": "the question is unlike what this answer was given to",
        "words": "it lacks the telling words",
        "experience": "it has been asked for in few ways",
        "track_record": "it has been wrong before",
        "novelty": "most questions are still new",
        "likelihood_lead": "another answer is nearly as likely",
        "familiarity": "no such question was answered with it before",
        "agreement": "the ways of looking point to different answers",
        "pair_record": "it was wrong before when the same answer came second",
        "kin_lead": "questions as like it had other answers",
        "kin_vote": "the questions most like it had other answers",
        "kin": "no question very like it had this answer",
        "unanswerable": "such a question was answered with something of its own before",
    },
)
