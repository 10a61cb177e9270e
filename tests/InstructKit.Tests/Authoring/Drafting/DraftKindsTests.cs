using InstructKit.Auditing.Linting;
using InstructKit.Authoring.Drafting;
using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Sources;
using InstructKit.Tasks;
using InstructKit.Tests.Building;
using InstructKit.Tests.Cli;
using Xunit;

namespace InstructKit.Tests.Authoring.Drafting;

/// <summary>Realistic files: odd headers, encodings, conversations, preferences, choices. A draft passes its lint and builds, or the drafter reports why there is none.</summary>
public sealed class DraftKindsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, string, string, string> Kinds => new()
    {
        { "one-broken-quote.csv", "id,text,side\n" + Rows(60, i => $"{i},\"note {i}\",\"{(i % 2 == 0 ? "left" : "right")}{(i == 31 ? string.Empty : "\"")}\n"), "side", "one-broken-quote.csv:33: IK3007" },
        { "backslash.csv", "id,text,side\n" + Rows(60, i => $"{i},\"a {i}\\\" wide\",{(i % 2 == 0 ? "left" : "right")}\n"), "side", "escape: \"\\\\\"" },
        { "trailing.csv", "id,text,label,\n" + Rows(20, i => $"{i},t{i},{(i % 2 == 0 ? "x" : "y")},\n"), "label", "columns: [ id, text, label, _ ]" },
        { "unnamed.csv", ",text,label\n" + Rows(20, i => $"{i},t{i},{(i % 2 == 0 ? "x" : "y")}\n"), "label", "columns: [ _, text, label ]" },
        { "doubled.csv", "text,text,label\n" + Rows(20, i => $"t{i},u{i},{(i % 2 == 0 ? "x" : "y")}\n"), "label", "columns: [ text, text_2, label ]" },
        { "sep.csv", "sep=;\nid;text;label\n" + Rows(20, i => $"{i};one, t{i};{(i % 2 == 0 ? "x" : "y")}\n"), "label", "delimiter: \";\"" },
        { "title.csv", "Extract of 2025\nid;text;label\n" + Rows(20, i => $"{i};t{i};{(i % 2 == 0 ? "x" : "y")}\n"), "label", "skip_lines: 1" },
        { "padded.csv", "Report;;\n;;\nid;text;label\n" + Rows(20, i => $"{i};t{i};{(i % 2 == 0 ? "x" : "y")}\n"), "label", "skip_lines: 2" },
        { "comment.csv", "# tool\n# 2024\nid,text,label\n" + Rows(20, i => $"{i},t{i},{(i % 2 == 0 ? "x" : "y")}\n"), "label", "skip_lines: 2" },
        { "headless.csv", Rows(20, i => $"a text of {i} words,{(i % 2 == 0 ? "pos" : "neg")}\n"), "column_2", "header: false" },
        { "array.jsonl", "[" + Rows(20, i => $"{(i == 0 ? "\n" : ",\n")}{{\"text\": \"t{i}\", \"label\": \"{(i % 2 == 0 ? "x" : "y")}\"}}") + "]", "label", "format: json" },
        { "late.jsonl", Rows(25_000, i => $"{{\"text\": \"t{i}\", \"label\": \"{(i % 2 == 0 ? "x" : "y")}\"{(i >= 15_000 ? ", \"hint\": \"h\"" : string.Empty)}}}\n"), "label", "hint: \"string?\"" },
        { "names.csv", "Überschrift,Maß,label\n" + Rows(20, i => $"t{i},{i},{(i % 2 == 0 ? "x" : "y")}\n"), "label", "Überschrift: string" },
        { "chat.jsonl", Rows(20, i => $$"""{"messages": [{"role": "user", "content": "q {{i}}"}, {"role": "assistant", "content": "r {{i}}"}]}""" + "\n"), "messages", "no_reply" },
        { "parts.jsonl", Rows(20, i => $$"""{"messages": [{"role": "user", "content": [{"type": "text", "text": "q {{i}}"}]}, {"role": "assistant", "content": [{"type": "text", "text": "r {{i}}"}]}]}""" + "\n"), "messages", "no_reply" },
        { "texts.jsonl", Rows(20, i => $$"""{"id": {{i}}, "messages": "[{\"role\": \"user\", \"content\": \"q {{i}}\"}, {\"role\": \"assistant\", \"content\": \"r {{i}}\", \"tool_calls\": [{\"name\": \"f\"}]}]", "tools": "[{\"name\": \"f\"}]"}""" + "\n"), "messages", "  tools: tools\n  has: [ tool_calls ]" },
        { "texts.csv", "id,conversations\n" + Rows(20, i => $$"""{{i}},"[{""from"": ""human"", ""value"": ""q {{i}}, and""}, {""from"": ""gpt"", ""value"": ""r {{i}}""}]"{{"\n"}}"""), "conversations", "  messages: conversations\n" },
        { "dpo.jsonl", Rows(20, i => $$"""{"prompt": "q {{i}}", "chosen": "r {{i}}", "rejected": "SPOILT {{i}}"}""" + "\n"), "chosen", "rejected answer" },
        { "dpochat.jsonl", Rows(20, i => $$"""{"conversations": [{"from": "human", "value": "q {{i}}"}], "chosen": {"from": "gpt", "value": "r {{i}}"}, "rejected": {"from": "gpt", "value": "SPOILT"} }""" + "\n"), "chosen", "chosen['value']" },
        { "kto.jsonl", Rows(40, i => $$"""{"messages": [{"role": "user", "content": "q {{i}}"}, {"role": "assistant", "content": "{{(i % 2 == 0 ? "r" : "SPOILT")}} {{i}}"}], "label": {{(i % 2 == 0 ? "true" : "false")}} }""" + "\n"), "messages", "not_preferred" },
        { "arc.jsonl", Rows(20, i => $$"""{"id": "q{{i}}", "question": "w {{i}}", "choices": {"text": ["p{{i}}", "r{{i}}"], "label": ["A", "B"]}, "answerKey": "{{(i % 2 == 0 ? "A" : "B")}}"}""" + "\n"), "answerKey", "choices['text']" },
        { "csqa.jsonl", Rows(20, i => $$"""{"question": "w {{i}}", "choices": [{"label": "A", "text": "p{{i}}"}, {"label": "B", "text": "r{{i}}"}], "answer": "{{(i % 2 == 0 ? "A" : "B")}}"}""" + "\n"), "answer", "attribute='label'" },
        { "squad.jsonl", Rows(20, i => $$"""{"id": "q{{i}}", "title": "T", "context": "c {{i}}", "question": "w {{i}}", "answers": {"text": ["r {{i}}"], "answer_start": [1] } }""" + "\n"), "answers", "answers: \"given_answers['text']\"" },
        { "lists.jsonl", Rows(20, i => $$"""{"question": "w {{i}}", "answers": ["r {{i}}", "s {{i}}"], "meta": {"k": [1, {"x": 2}] } }""" + "\n"), "answers", "nested values are not shown: meta" },
        { "words.csv", "model type,prompt words,ref text\n" + Rows(20, i => $"m{i % 2},what is it {i},the words {i}\n"), "ref text", "answer: ref_text" },
        { "row.jsonl", Rows(20, i => $"{{\"row\": {i}, \"text\": \"t{i}\", \"label\": \"{(i % 2 == 0 ? "x" : "y")}\"}}\n"), "label", "given_row: row\n" },
        { "row.csv", "row,text,label\n" + Rows(20, i => $"{i},t{i},{(i % 2 == 0 ? "x" : "y")}\n"), "label", "given_row: \"row | int\"" },
        { "hash.csv", "# tool\n# made in 2024, twice\ntext,label\n" + Rows(20, i => $"t{i},{(i % 2 == 0 ? "x" : "y")}\n"), "label", "skip_lines: 2" },
        { "hashed.csv", "#id,text,label\n" + Rows(20, i => $"{i},t{i},{(i % 2 == 0 ? "x" : "y")}\n"), "label", "id: \"row['#id'] | int\"" },
        { "single.csv", "text,label\n" + Rows(20, i => $"'one, t{i}',{(i % 2 == 0 ? "x" : "y")}\n"), "label", "quote: \"'\"" },
        { "apostrophe.csv", "text,label\n" + Rows(20, i => $"'one {i}' he said,{(i % 2 == 0 ? "x" : "y")}\n"), "label", "format: csv\n    # chosen" },
        { "bool.jsonl", Rows(20, i => $"{{\"text\": \"t{i}\", \"toxic\": {(i % 2 == 0 ? "true" : "false")}}}\n"), "toxic", "options[1 if toxic else 0]" },
        { "plusminus.jsonl", Rows(20, i => $"{{\"text\": \"t{i}\", \"label\": {(i % 2 == 0 ? 1 : -1)}}}\n"), "label", "options[[-1, 1].index(label)]" },
        { "scale.jsonl", Rows(20, i => $"{{\"text\": \"t{i}\", \"label\": {(i % 5) - 2}}}\n"), "label", "options[[-2, -1, 0, 1, 2].index(label)]" },
        { "lateone.jsonl", Rows(30_000, i => $"{{\"text\": \"t{i}\", \"label\": \"{(i % 2 == 0 ? "x" : "y")}\"{(i == 29_990 ? ", \"hint\": \"h\"" : string.Empty)}}}\n"), "label", "hint: \"string?\"" },
        { "byid.json", "{" + Rows(20, i => $"{(i == 0 ? string.Empty : ",")}\"id{i}\": {{\"text\": \"t{i}\", \"label\": \"{(i % 2 == 0 ? "x" : "y")}\"}}\n") + "}", "label", "records: \"*\"" },
        { "wmt.jsonl", Rows(20, i => $$"""{"translation": {"en": "e {{i}}", "de": "d {{i}}"} }""" + "\n"), "translation.de", "de: \"row['translation']['de']\"" },
        { "dolly.jsonl", Rows(20, i => $$"""{"instruction": "w {{i}}", "context": "", "response": "r {{i}}", "category": "{{(i % 2 == 0 ? "qa" : "chat")}}"}""" + "\n"), "response", "answer: response" },
        { "flat.jsonl", Rows(20, i => $$"""{"question": "w {{i}}", "A": "p{{i}}", "B": "r{{i}}", "answer": "{{(i % 2 == 0 ? "A" : "B")}}"}""" + "\n"), "answer", "options: \"[A, B]\"" },
        { "solutions.csv", "goal,sol1,sol2,label\n" + Rows(20, i => $"g{i},p{i},r{i},{i % 2}\n"), "label", "options: \"[sol1, sol2]\"\nanswer: \"options[label]\"" },
        { "counted.jsonl", Rows(20, i => $$"""{"sentence": "w {{i}}", "option1": "p{{i}}", "option2": "r{{i}}", "answer": "{{1 + (i % 2)}}"}""" + "\n"), "answer", "options[['1', '2'].index(given_answer)]" },
        { "pairs.jsonl", Rows(20, i => $$"""{"sentence1": "w {{i}}", "sentence2": "p{{i}}", "label": {{i % 2}} }""" + "\n"), "label", "options: [ \"0\", \"1\" ]" },
        { "reserved.jsonl", Rows(20, i => $$"""{"row": {{i}}, "options": "o{{i}}", "none": "n", "text": "t {{i}}", "label": "{{(i % 2 == 0 ? "x" : "y")}}"}""" + "\n"), "label", "given_options: options\n" },
        { "one.jsonl", "{\"question\": \"q\", \"answer\": \"r\"}\n", "answer", "train: train" },
        { "two.csv", "question,answer\nq,r\np,s\n", "answer", "train: train" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Is_drafted_as_what_it_is(string file, string content, string answer, string says)
    {
        File.WriteAllText(_scratch.At(file), content);
        var draft = Draft(file);
        Assert.Equal(answer, draft.Answer);
        Assert.Contains(says, draft.Yaml, StringComparison.Ordinal);

        var path = _scratch.At("mine.yaml");
        File.WriteAllText(path, draft.Yaml);
        ToyTask.WriteCatalogue(_scratch);
        var catalogue = TaskRegistry.Open(_scratch.At("catalogue"), [path]);
        var findings = new Linter(catalogue.Tasks, new LintSettings { Data = [_scratch.At(string.Empty)] }).Run(["mine"]);
        var isBroken = file.StartsWith("one-broken", StringComparison.Ordinal);
        Assert.All(findings, finding => Assert.True(finding.Diagnostic.Severity == Severity.Info || isBroken, finding.Diagnostic.Message));

        var plan = new BuildPlan { Train = ["mine"], TaskFolders = [path], Out = _scratch.At("out"), Jobs = 1, OnBadRow = BadRowPolicy.Skip };
        var report = DatasetBuilder.Run(PlanResolver.Resolve(plan, catalogue), null, TestContext.Current.CancellationToken);
        Assert.Equal(isBroken ? 1 : 0, report.Rejected);
        Assert.True(report.Examples(OutputSplit.Train) > 0);
        var written = string.Concat(Directory.EnumerateFiles(_scratch.At("out"), "*.jsonl", SearchOption.AllDirectories).Where(name => !name.Contains("rejects", StringComparison.Ordinal)).Select(File.ReadAllText));
        Assert.DoesNotContain("SPOILT", written, StringComparison.Ordinal);
        Assert.DoesNotContain("{'", written, StringComparison.Ordinal);
        Assert.DoesNotContain("['", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n\nHuman: who {0}?\n\nAssistant: somebody.\n\nHuman: and where {0}?\n\nAssistant: ", "Human: who {0}?\n\nAssistant: somebody.\n\nHuman: and where {0}?")]
    [InlineData("### Human: who {0}?### Assistant: ", "### Human: who {0}?")]
    [InlineData("Follow it.\n\n### Instruction:\nname {0}\n\n### Response:\n", "Follow it.\n\n### Instruction:\nname {0}")]
    [InlineData("User: who {0}?\nAssistant: ", "User: who {0}?")]
    public void A_conversation_as_text_is_asked_up_to_its_last_reply(string asked, string shown)
    {
        // As in the public sets of human feedback: two whole transcripts that differ in the last reply.
        string Line(int n) => System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["chosen"] = Of(asked, n) + $"the good one {n}", ["rejected"] = Of(asked, n) + $"SPOILT {n}" }) + "\n";
        static string Of(string text, int n) => text.Replace("{0}", $"number {n}", StringComparison.Ordinal);
        File.WriteAllText(_scratch.At("feedback.jsonl"), string.Concat(Enumerable.Range(0, 40).Select(Line)) + System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["chosen"] = asked + " ", ["rejected"] = "SPOILT" }) + "\n");
        CliRun.Ok("new", "task", "feedback", _scratch.At("feedback.jsonl"), "--out", _scratch.At("feedback.yaml"), "-q");
        Assert.Contains("0 errors, 0 warnings", CliRun.Ok("lint", _scratch.At("feedback.yaml")).Error, StringComparison.Ordinal);
        CliRun.Ok("build", "--tasks", _scratch.At("feedback.yaml"), "--no-shuffle", "--order", "source", "--no-in-task-test", "--max-validation", "0", "--out", _scratch.At("out"));
        var rows = BuiltFolder.Examples(_scratch.At("out"), "train", "input", "target");
        Assert.Equal(Enumerable.Range(0, rows.Count).Select(n => $"the good one {n}"), rows.Select(row => row[1]));
        Assert.All(rows.Index(), row => Assert.Contains(Of(shown, row.Index), row.Item[0], StringComparison.Ordinal));
        Assert.All(rows, row => Assert.DoesNotContain("the good one", row[0], StringComparison.Ordinal));
        Assert.DoesNotContain("SPOILT", string.Concat(rows.SelectMany(row => row)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_that_is_open_on_the_last_line_costs_that_line_alone()
    {
        File.WriteAllText(_scratch.At("lastq.csv"), "id,text,role\n" + string.Concat(Enumerable.Range(0, 100).Select(n => $"{n},\"note {n}, with a comma\",\"{(n % 2 == 0 ? "doctor" : "patient")}\"\n")) + "100,\"note that never ends, doctor\n");
        var draft = CliRun.Ok("new", "task", "lastq", _scratch.At("lastq.csv"), "--out", _scratch.At("lastq.yaml"));
        Assert.Contains("lastq.csv:102: IK3007: the quote opened here is never closed", draft.Error, StringComparison.Ordinal);
        Assert.Contains("read as comma, quotes: 3 columns", draft.Error, StringComparison.Ordinal);
        var build = CliRun.Of("build", "--tasks", _scratch.At("lastq.yaml"), "--on-bad-row", "skip", "--templates", "one", "--out", _scratch.At("out"));
        Assert.Equal(1, build.Code);
        Assert.Contains("1 row could not be used", build.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("never ends", string.Concat(Directory.EnumerateFiles(_scratch.At("out", "data")).Select(File.ReadAllText)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tree.jsonl", "{\"tree_state\": \"ready\", \"prompt\": {\"text\": \"q\", \"role\": \"prompter\", \"replies\": []}}\n", DraftCodes.NoAnswer, "trees of messages")]
    [InlineData("empty.csv", "", DraftCodes.TooLittle, "0 bytes")]
    [InlineData("questions.jsonl", "{\"question\": \"a\", \"context\": \"b\"}\n{\"question\": \"c\", \"context\": \"d\"}\n", DraftCodes.NoAnswer, "question, context")]
    [InlineData("lonely.jsonl", "{\"chosen\": \"a\", \"rejected\": \"b\"}\n", DraftCodes.TooLittle, "nothing to ask")]
    [InlineData("texts.json", "[\"a\", \"b\"]", DraftCodes.TooLittle, "single values or lists")]
    [InlineData("arrays.jsonl", "[\"a\", 1]\n[\"b\", 0]\n", DraftCodes.TooLittle, "line 1 is a list")]
    [InlineData("columnar.json", "{\"text\": [\"a\", \"b\"], \"label\": [0, 1]}", DraftCodes.NoAnswer, "text: a list, label: a list")]
    [InlineData("nodes.jsonl", "{\"message_id\": \"1\", \"parent_id\": null, \"text\": \"q\", \"role\": \"prompter\"}\n", DraftCodes.NoAnswer, "single messages of conversation trees")]
    public void What_cannot_be_a_task_is_refused_with_the_reason(string file, string content, string code, string reason)
    {
        File.WriteAllText(_scratch.At(file), content);
        var error = Assert.Throws<DiagnosticException>(() => Draft(file)).Diagnostics[0];
        Assert.Equal(code, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_that_swallows_the_end_of_the_file_is_named_with_its_place()
    {
        File.WriteAllText(_scratch.At("swallowed.csv"), "text,label\n" + Rows(60, i => $"\"a, t{i}\",{(i % 2 == 0 ? "x" : "y")}\n") + "\"never closed,x\nthe last,y\n");
        var error = Assert.Throws<DiagnosticException>(() => Draft("swallowed.csv")).Diagnostics[0];
        Assert.Equal("IK3007", error.Code);
        Assert.Equal(62, error.Span!.Value.Start.Line + 1);
    }

    [Fact]
    public void A_label_that_is_the_same_everywhere_is_no_answer()
    {
        File.WriteAllText(_scratch.At("same.jsonl"), Rows(20, i => $"{{\"text\": \"t{i}\", \"label\": 1}}\n"));
        Assert.Contains("label: '1' in every row", Assert.Throws<DiagnosticException>(() => Draft("same.jsonl")).Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_label_is_dropped_as_no_label()
    {
        File.WriteAllText(_scratch.At("blank.jsonl"), Rows(40, i => $"{{\"text\": \"t{i}\", \"label\": \"{(i % 4 == 0 ? string.Empty : i % 2 == 0 ? "x" : "y")}\"}}\n"));
        var draft = Draft("blank.jsonl");
        Assert.Contains("keep_if: { no_label: \"label\" }", draft.Yaml, StringComparison.Ordinal);
        Assert.Contains(draft.Notes, note => note.StartsWith("10 of 40 rows", StringComparison.Ordinal));
    }

    [Fact]
    public void A_member_of_an_archive_is_drafted_as_the_message_about_archives_says()
    {
        using (var zip = System.IO.Compression.ZipFile.Open(_scratch.At("z.zip"), System.IO.Compression.ZipArchiveMode.Create))
        using (var member = new StreamWriter(zip.CreateEntry("in/a.csv").Open()))
        {
            member.Write("text,label\n" + Rows(20, i => $"t{i},{(i % 2 == 0 ? "x" : "y")}\n"));
        }

        Assert.Contains("archive!pattern", Assert.Throws<DiagnosticException>(() => Draft("z.zip")).Diagnostics[0].Message, StringComparison.Ordinal);
        Assert.Contains("files: { train: \"z.zip!in/*.csv\" }", Draft("z.zip!in/*.csv").Yaml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Utf16_is_named_with_and_without_a_mark(bool hasMark)
    {
        File.WriteAllBytes(_scratch.At("u.csv"), [.. hasMark ? Encoding.Unicode.GetPreamble() : [], .. Encoding.Unicode.GetBytes("text,label\na,x\nb,y\n")]);
        var error = Assert.Throws<DiagnosticException>(() => Draft("u.csv")).Diagnostics[0];
        Assert.Equal(SourceCodes.UnsupportedEncoding, error.Code);
    }

    [Fact]
    public void Too_many_columns_are_named_with_the_limit()
    {
        File.WriteAllText(_scratch.At("w.csv"), string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"c{i}")) + "\n" + string.Join(',', Enumerable.Range(0, 20_000)) + "\n");
        Assert.Equal(SourceCodes.LimitExceeded, Assert.Throws<DiagnosticException>(() => Draft("w.csv")).Diagnostics[0].Code);
    }

    [Fact]
    public void Curly_quotes_in_one_byte_are_windows_1252()
    {
        // WHATWG's index windows-1252: 0x93 U+201C, 0x94 U+201D, 0x80 U+20AC, 0xE9 U+00E9.
        File.WriteAllBytes(_scratch.At("w.csv"), [.. "text,label\n"u8, 0x93, (byte)'c', 0xE9, 0x94, .. " 5 "u8, 0x80, .. ",x\nb,y\n"u8]);
        var draft = Draft("w.csv");
        Assert.Contains("encoding: windows-1252", draft.Yaml, StringComparison.Ordinal);
        using var reader = InstructKit.Sources.Formats.RowReaders.Open(draft.Dialects[0].Spec, [new SourcePart(null, [new SourceFile(_scratch.At("w.csv"), "w.csv")])], ["text"]);
        using var batch = new InstructKit.Cells.RowBatch(1);
        Assert.True(reader.ReadChunk(batch));
        reader.Parse(batch);
        Assert.Equal("\u201Ccé\u201D 5 €", Encoding.UTF8.GetString(batch.Bytes(batch.Row(0)[0])));
    }

    [Fact]
    public void Labels_of_minus_one_are_no_labels()
    {
        File.WriteAllText(_scratch.At("train.jsonl"), Rows(30, i => $$"""{"text": "t{{i}}", "label": {{i % 3}} }""" + "\n"));
        File.WriteAllText(_scratch.At("test.jsonl"), Rows(4, i => $$"""{"text": "u{{i}}", "label": -1}""" + "\n"));
        var draft = TaskDrafter.Draft(new DraftRequest
        {
            Key = "mine",
            Files = new Dictionary<SliceKind, string> { [SliceKind.Train] = _scratch.At("train.jsonl"), [SliceKind.Test] = _scratch.At("test.jsonl") },
            Folder = _scratch.At(),
        });
        Assert.Contains("keep_if: { no_label: \"label >= 0\" }", draft.Yaml, StringComparison.Ordinal);
        Assert.Contains("options: [ \"0\", \"1\", \"2\" ]", draft.Yaml, StringComparison.Ordinal);
        Assert.Contains(draft.Notes, note => note.StartsWith("4 of 4 rows of test.jsonl have no label", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_partitioned_by_names_has_their_column()
    {
        foreach (var code in (string[])["01001", "2A001"])
        {
            Directory.CreateDirectory(_scratch.At($"hv/code={code}"));
            File.WriteAllText(_scratch.At($"hv/code={code}/a.jsonl"), Rows(10, i => $$"""{"text": "{{code}} {{i}}", "label": "{{(i % 2 == 0 ? "x" : "y")}}"}""" + "\n"));
        }

        var draft = Draft("hv");
        Assert.Contains("files: { train: hv/**/*.jsonl }", draft.Yaml.Replace("\"", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("label", draft.Answer);
    }

    private static string Rows(int count, Func<int, string> row)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) text.Append(CultureInfo.InvariantCulture, $"{row(i)}");

        return text.ToString();
    }

    private TaskDraft Draft(string file) => TaskDrafter.Draft(new DraftRequest
    {
        Key = "mine",
        Files = new Dictionary<SliceKind, string> { [SliceKind.Train] = _scratch.At(file) },
        Folder = _scratch.At(),
    });
}
