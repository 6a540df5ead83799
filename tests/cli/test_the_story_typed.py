"""The loop by the command line, beside a running server."""

import httpx

from tests.cli.conftest import CommandLine, Server

QUESTION = "How do I reset my API key?"
REWORDED = "How can I reset the API key I have?"
ANSWER = "Open Settings, choose API keys, and press Regenerate."
RETURNS = "# Returns\n\nReturns are free for thirty days after delivery.\n"


class Customer:
    """Somebody who asks over HTTP, which takes less time than starting a command."""

    def __init__(self, server: Server, key: str) -> None:
        self._url = f"{server.url}/v1/messages"
        self._headers = {"Authorization": f"Bearer {key}"}

    def asks(self, text: str) -> str:
        """The reply, or what became of the question instead."""
        answer = httpx.post(self._url, headers=self._headers, json={"text": text}, timeout=120)
        told = answer.json()
        return str(told["reply"]["text"] if told["reply"] else told["status"])


def test_what_a_teammate_types_answers_the_next_customer(
    command_line: CommandLine, server: Server
) -> None:
    escalated = command_line.succeeds("ask", QUESTION, "--page-title", "API keys")
    assert "Escalated to a teammate: missing knowledge." in escalated.words
    assert "Enough would be: a teammate's answer to this question" in escalated.words
    waiting = command_line.succeeds("inbox")
    assert QUESTION in waiting.words
    short_id = waiting.out.splitlines()[1].split()[0]
    assert f"support-graph answer {short_id}" in escalated.words

    answered = command_line.succeeds("answer", short_id, ANSWER, "--as", "Tina")
    assert "Learned: a new answer (resolution" in answered.words
    again, other = command_line.all(("answer", short_id, "Something else."), ("ask", REWORDED))
    assert again.code == 1
    assert again.err.startswith("Error: Tina already decided this at ")
    assert ANSWER in other.words


def _teach(command_line: CommandLine) -> None:
    """What the test above teaches, where that runs in another process."""
    if not command_line.succeeds("resolutions", "list", "--json").json["items"]:
        command_line.succeeds("ask", QUESTION, "--page-title", "API keys")
        short_id = command_line.succeeds("inbox").out.splitlines()[1].split()[0]
        command_line.succeeds("answer", short_id, ANSWER, "--as", "Tina")


def test_a_question_that_is_only_tried_reaches_nobody(
    command_line: CommandLine, server: Server
) -> None:
    _teach(command_line)
    before = command_line.succeeds("inbox", "--json").json
    dry, as_json, refused = command_line.all(
        ("ask", "Can I talk to a human?", "--dry"),
        ("ask", REWORDED, "--dry", "--json"),
        ("ask", REWORDED, "--dry", "--contact", "email:ana@example.com"),
    )
    assert "A teammate would get this: customer request." in dry.words
    assert as_json.json["verdict"]["send"] is True
    assert as_json.json["draft"]["text"] == ANSWER
    assert refused.code == 1
    assert command_line.succeeds("inbox", "--json").json == before


def test_a_resolution_is_changed_undone_and_restored(
    command_line: CommandLine, server: Server
) -> None:
    _teach(command_line)
    create = ("keys", "create", "--role", "channel", "--json")
    learned, key = command_line.all(("resolutions", "list", "--json"), create)
    customer = Customer(server, key.json["key"])
    resolution = learned.json["items"][0]["id"][-8:]
    pinned = command_line.succeeds("resolutions", "pin", resolution, "--json").json
    assert (pinned["pinned"], pinned["revision"]) == (True, 2)
    edit = ("resolutions", "edit", resolution, "--answer", "Press Regenerate.", "--note", "shorter")
    assert "revision 3" in command_line.succeeds(*edit).words
    assert customer.asks(REWORDED) == "Press Regenerate."
    assert "Deleted" in command_line.succeeds("resolutions", "delete", resolution).words
    assert customer.asks(REWORDED) == "escalated"
    listed, shown = command_line.all(("resolutions", "list"), ("resolutions", "show", resolution))
    assert "Tina on cli, because of missing_knowledge" in shown.words
    assert f"asked: {QUESTION}" in shown.words
    assert "context: page_title: API keys" in shown.words
    assert "Nothing has been learned yet." in listed.words
    assert all(word in shown.words for word in ("deleted by", "edited by", "shorter"))
    assert (
        "Restored revision 3" in command_line.succeeds("resolutions", "restore", resolution).words
    )
    assert customer.asks(REWORDED) == "Press Regenerate."


def test_a_doubt_is_decided(command_line: CommandLine, server: Server) -> None:
    key = command_line.succeeds("keys", "create", "--role", "channel", "--json").json["key"]
    customer = Customer(server, key)
    for question, days in (("May I send it back?", 14), ("What about a parcel I sent?", 30)):
        assert customer.asks(question) == "escalated"
        waiting = command_line.succeeds("inbox", "--json").json["items"]
        command_line.succeeds(
            "answer", waiting[0]["id"][-8:], f"You can return it within {days} days."
        )

    listed = command_line.succeeds("proposals", "list")
    assert "Two answers may be the same" in listed.words
    assert "within 14 days" in listed.words
    assert "within 30 days" in listed.words
    short_id = listed.out.split()[0]
    declined = command_line.succeeds("proposals", "decline", short_id, "--json").json
    assert declined["status"] == "declined"
    again, none = command_line.all(
        ("proposals", "accept", short_id), ("proposals", "list", "--kind", "merge")
    )
    assert again.code == 1
    assert "declined this at" in again.err
    assert "No proposals are open." in none.words


def test_a_folder_is_read_into_the_brain(command_line: CommandLine, server: Server) -> None:
    folder = command_line.place / "documents"
    folder.mkdir()
    (folder / "returns.md").write_text(RETURNS, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    first = command_line("ingest", "documents")
    assert first.code == 1
    assert "✓ documents/returns.md: 1 passage" in first.out
    assert "✗ documents/broken.pdf: It can't be read" in first.out
    again = command_line.succeeds("ingest", "documents/returns.md", "--json").json["documents"]
    assert [(d["status"], d["passages"], d["unchanged"]) for d in again] == [("ready", 1, True)]


def test_a_document_is_removed_and_brought_back(command_line: CommandLine, server: Server) -> None:
    folder = command_line.place / "kept"
    folder.mkdir()
    (folder / "warranty.md").write_text("# Warranty\n\nTwo years.\n", encoding="utf-8")
    read = command_line.succeeds("ingest", "kept", "--json").json["documents"]
    short_id = read[0]["id"][-8:]

    removed = command_line.succeeds("documents", "remove", short_id)
    assert f"`support-graph documents restore {short_id}` brings it back" in removed.err
    listed, gone, again = command_line.all(
        ("documents", "list"),
        ("documents", "list", "--removed", "--json"),
        ("documents", "remove", short_id),
    )
    assert "Warranty" not in listed.words
    (kept,) = gone.json["items"]
    assert (kept["title"], kept["passages"]) == ("Warranty", 1)
    assert (again.code, again.err) == (1, f"Error: No document {short_id} in this workspace.\n")

    restored = command_line.succeeds("documents", "restore", short_id, "--json").json
    assert (restored["id"], restored["status"]) == (read[0]["id"], "ready")
    command_line.succeeds("documents", "remove", short_id)
    assert "gone for good" in command_line.succeeds("documents", "forget", short_id).words
    late, none = command_line.all(
        ("documents", "restore", short_id), ("documents", "list", "--removed")
    )
    assert late.err == f"Error: No removed document {short_id} in this workspace.\n"
    assert "No document was removed" in none.words


def test_a_merge_is_undone(command_line: CommandLine, server: Server) -> None:
    create = ("keys", "create", "--workspace", "default", "--role", "teammate", "--json")
    headers = {"Authorization": f"Bearer {command_line.succeeds(*create).json['key']}"}
    ids = []
    with httpx.Client(base_url=server.url, headers=headers, timeout=30) as client:
        for asked, answer in (("Do you ship abroad?", "Yes."), ("To Norway too?", "Yes, we do.")):
            body = {"answer": answer, "phrasings": [asked]}
            made = client.post("/v1/resolutions", json=body)
            ids.append(made.json()["id"][-8:])
    first, second = ids

    merged = command_line.succeeds("resolutions", "merge", first, second, "--json").json
    assert merged["phrasings"] == ["To Norway too?", "Do you ship abroad?"]
    undone = command_line.succeeds("resolutions", "unmerge", first)
    assert f"Out of {second} again: {first} is at revision 3." in undone.words
    shown, again = command_line.all(
        ("resolutions", "show", second, "--json"), ("resolutions", "unmerge", first)
    )
    assert shown.json["phrasings"] == ["To Norway too?"]
    assert again.code == 1
    assert "already undid this at" in again.err


def test_a_key_opens_the_workspace_it_was_made_for(
    command_line: CommandLine, server: Server
) -> None:
    command_line.succeeds("workspaces", "create", "acme")
    create = ("keys", "create", "--workspace", "acme", "--role", "teammate", "--json")
    made = command_line.succeeds(*create).json
    assert made.keys() == {"id", "key", "role", "workspace"}
    assert (made["role"], made["workspace"]) == ("teammate", "acme")
    headers = {"Authorization": f"Bearer {made['key']}"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        assert client.get("/v1/escalations").json()["items"] == []
        listed = command_line.succeeds("keys", "list", "--workspace", "acme")
        assert made["key"][:9] in listed.out
        assert made["key"] not in listed.out
        command_line.succeeds("keys", "revoke", made["id"][-8:], "--workspace", "acme")
        assert client.get("/v1/escalations").status_code == httpx.codes.UNAUTHORIZED


def test_what_cannot_be_done_is_said_in_one_sentence(
    command_line: CommandLine, server: Server
) -> None:
    said = {
        ("inbox", "--workspace", "nowhere"): "There is no workspace named 'nowhere'",
        ("answer", "0123456789ab", "Yes."): "No escalation 0123456789ab in this workspace.",
        ("resolutions", "show", "not-an-id"): "No resolution not-an-id in this workspace.",
        ("ingest", "missing.md"): "There is no file or folder missing.md.",
        ("answer", "0123456789ab"): "Give either a text, or --accept, or --dismiss.",
    }
    for sentence, ended in zip(said.values(), command_line.all(*said), strict=True):
        assert ended.code == 1
        assert ended.out == ""
        assert ended.err.startswith(f"Error: {sentence}")
        assert ended.err.count("\n") == 1


def test_an_installation_is_checked(command_line: CommandLine, server: Server) -> None:
    doctor, verified = command_line.all(("doctor", "--json"), ("index", "verify", "--all"))
    assert doctor.code == 0, doctor.out
    names = [check["name"] for check in doctor.json["items"]]
    assert {"Postgres", "Walls between workspaces", "Chroma", "Workers"} <= set(names)
    assert verified.code == 0, verified.out
    assert "✓ default resolutions: 0 missing, 0 surplus" in verified.out
    (command_line.place / "returns.md").write_text(RETURNS, encoding="utf-8")
    command_line.succeeds("workspaces", "create", "checked")
    command_line.succeeds("ingest", "returns.md", "--workspace", "checked")
    rebuilt = command_line.succeeds("index", "rebuild", "--workspace", "checked")
    assert "✓ checked: wrote 1 of brain" in rebuilt.out
