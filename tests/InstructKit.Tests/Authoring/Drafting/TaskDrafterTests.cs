using InstructKit.Auditing.Linting;
using InstructKit.Authoring.Drafting;
using InstructKit.Building;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Tasks;
using InstructKit.Tests.Building;
using Xunit;

namespace InstructKit.Tests.Authoring.Drafting;

public sealed class TaskDrafterTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, string> Files => new()
    {
        { "reviews.csv", Rows(60, "id,Review Text,stars,verdict\n", i => $"{i},\"Soup \"\"{i}\"\" was fine, thanks\",{i % 5 + 1},{(i % 2 == 0 ? "good" : "bad")}\n") },
        { "signs.tsv", Rows(50, "index\tsentence\tlabel\n", i => $"{i}\tHe said \"hello {i}\t{i % 2}\n") },
        { "semi.csv", Rows(40, "q;a\n", i => $"Which, of {i}?;answer {i}\n") },
        { "qa.json", "{\"version\": 1, \"data\": [" + string.Join(',', Enumerable.Range(0, 40).Select(i => $"{{\"q\": \"What is {i}+1?\", \"answer\": \"{i + 1}\"}}")) + "]}" },
        { "mc.jsonl", Rows(40, "", i => $$"""{"question": "Which {{i}}?", "choices": ["{{i}}", "{{i + 1}}", "none"], "answer": {{i % 3}}, "meta": {{(i % 4 == 0 ? "\"x\"" : "null")}}}""" + "\n") },
        { "flags.jsonl", Rows(40, "", i => $$"""{"for": "row {{i}}", "is": {{(i % 3 == 0 ? "true" : "false")}}, "größe": {{i}}.5}""" + "\n") },
        { "wide.jsonl", Rows(30, "", i => "{" + string.Join(',', Enumerable.Range(0, 9).Select(n => $"\"part {n}\": \"text {n * i}\"")) + $", \"label\": \"{(i % 2 == 0 ? "on" : "off")}\"}}\n") },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_draft_passes_lint_and_builds_at_once(string file, string content)
    {
        File.WriteAllText(_scratch.At(file), content);
        var draft = Draft(file);
        var path = _scratch.At("mine.yaml");
        File.WriteAllText(path, draft.Yaml);

        ToyTask.WriteCatalogue(_scratch);
        var catalogue = TaskRegistry.Open(_scratch.At("catalogue"), [path]);
        var findings = new Linter(catalogue.Tasks, new LintSettings()).Run(["mine"]);
        Assert.All(findings, finding => Assert.Equal(Severity.Info, finding.Diagnostic.Severity));

        var plan = new BuildPlan { Train = ["mine"], TaskFolders = [path], Out = _scratch.At("out"), Jobs = 1 };
        var report = DatasetBuilder.Run(PlanResolver.Resolve(plan, catalogue), null, TestContext.Current.CancellationToken);
        Assert.Equal(0, report.Rejected);
        Assert.True(report.Examples(OutputSplit.Train) > 0);
        Assert.True(report.Examples(OutputSplit.Validation) > 0);
    }

    [Theory]
    [InlineData("a.csv", "text,label\nx y,pos\nz,neg\nx,pos\ny,neg\n", "label", "options: [ neg, pos ]")]
    [InlineData("a.csv", "stars,text\n2,x\n4,y\n2,z\n4,w\n", "stars", "answer: \"options[[2, 4].index(stars)]\"")]
    [InlineData("a.csv", "code,text\n007,x\n008,y\n007,z\n008,w\n", "code", "options: [ \"007\", \"008\" ]")]
    [InlineData("a.jsonl", "{\"text\":\"x\",\"summary\":\"a\"}\n{\"text\":\"y\",\"summary\":\"b\"}\n", "summary", "answer: summary")]
    public void The_answer_is_recognised_by_name_or_by_few_values(string file, string content, string answer, string line)
    {
        File.WriteAllText(_scratch.At(file), content);
        var draft = Draft(file);
        Assert.Equal(answer, draft.Answer);
        Assert.Contains(line, draft.Yaml.Split('\n').Select(one => one.Trim()));
    }

    [Fact]
    public void A_tab_file_with_stray_quotes_is_read_without_quoting_and_the_loss_is_told()
    {
        // The quote that opens in row 3 closes in row 6: quote-aware reading makes one row of four.
        File.WriteAllText(_scratch.At("t.tsv"), "text\tlabel\na\tx\nb\ty\n\"c\tx\nd\ty\ne\tx\nf\"\ty\n");
        var draft = Draft("t.tsv");
        Assert.Equal(("tab, no quotes", 6L, 0L), (draft.Dialects[0].Name, draft.Dialects[0].Rows, draft.Dialects[0].Faults));
        var quoted = draft.Dialects.Single(dialect => dialect.Name == "tab, quotes");
        Assert.Equal((3L, 3L), (quoted.Rows, quoted.Lines));
        Assert.Contains("format: tsv", draft.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_make_it_latin_1()
    {
        File.WriteAllBytes(_scratch.At("l.csv"), Encoding.Latin1.GetBytes("text,label\ncafé,a\nthé,b\n"));
        Assert.Contains("encoding: latin-1", Draft("l.csv").Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_answer_that_is_not_there_gets_the_nearest_name()
    {
        File.WriteAllText(_scratch.At("a.csv"), "text,label\nx,y\n");
        var error = Assert.Throws<DiagnosticException>(() => Draft("a.csv", "labell")).Diagnostics[0];
        Assert.Equal((DraftCodes.NoSuchColumn, "Did you mean 'label'?"), (error.Code, error.Hint));
    }

    [Fact]
    public void One_column_is_too_little()
    {
        File.WriteAllText(_scratch.At("a.jsonl"), "{\"text\":\"x\"}\n");
        Assert.Equal(DraftCodes.TooLittle, Assert.Throws<DiagnosticException>(() => Draft("a.jsonl")).Diagnostics[0].Code);
    }

    private static string Rows(int count, string head, Func<int, string> row)
    {
        var text = new StringBuilder(head);
        for (var i = 0; i < count; i++) text.Append(CultureInfo.InvariantCulture, $"{row(i)}");

        return text.ToString();
    }

    private TaskDraft Draft(string file, string? answer = null) => TaskDrafter.Draft(new DraftRequest
    {
        Key = "mine",
        Files = new Dictionary<SliceKind, string> { [SliceKind.Train] = _scratch.At(file) },
        Answer = answer,
        Folder = _scratch.At(),
    });
}
