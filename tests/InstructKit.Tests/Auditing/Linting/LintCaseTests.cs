using InstructKit.Auditing.Linting;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Auditing.Linting;

/// <summary>Golden/lint has a folder for each rule: <c>bad.yaml</c> breaks that rule and no other, <c>good.yaml</c> comes close but breaks none.</summary>
public sealed class LintCaseTests
{
    // The cases have one or two templates; their number has its own rule and case.
    private const string CountCode = "IK2511";

    private static readonly string Cases = RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "lint");

    public static TheoryData<string, string> All =>
        [.. LintCodes.All.Where(rule => rule != LintCodes.SharedFile && rule != LintCodes.HeldOutRows).SelectMany(rule => new[] { new TheoryDataRow<string, string>(rule.Code, "bad"), new TheoryDataRow<string, string>(rule.Code, "good") })];

    [Theory]
    [MemberData(nameof(All))]
    public void Case(string code, string name)
    {
        var path = Path.Combine(Cases, code, name + ".yaml");
        var data = Path.Combine(Cases, code, "data");
        string[] roots = code == "IK2530" && name == "bad" ? [Path.Combine(Cases, "nothing")] : Directory.Exists(data) ? [data] : [];
        var findings = Lint(path, roots, disabled: code == CountCode ? [] : [CountCode]);
        var expected = File.ReadLines(path).First()["# expect ".Length..];
        if (expected == "nothing")
        {
            Assert.Empty(findings);
            return;
        }

        Assert.All(findings, finding => Assert.Equal(code, finding.Diagnostic.Code));
        var messages = string.Join('\n', findings.Select(finding => finding.Diagnostic.Message));
        Assert.All(expected.Split("; "), part => Assert.Contains(part, messages, StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.Equal(path, finding.Diagnostic.Span?.Source.Name));
        Assert.True(findings.Count <= expected.Split("; ").Length, messages);
    }

    [Theory]
    [InlineData("IK2501", "5:26|12:3")]     // the names themselves
    [InlineData("IK2504", "17:17")]
    [InlineData("IK2507", "17:17|18:27")]
    [InlineData("IK2508", "17:17|19:7")]
    public void Findings_point_at_the_slip(string code, string places)
    {
        var findings = Lint(Path.Combine(Cases, code, "bad.yaml"), [], [CountCode]);
        Assert.Equal(places, string.Join('|', findings.Select(finding => finding.Diagnostic.Span!.Value.Start)));
    }

    [Fact]
    public void Ten_templates_are_a_warning_in_the_catalogue_and_information_in_a_users_own_task()
    {
        var own = Assert.Single(Lint(Path.Combine(Cases, CountCode, "bad.yaml"), [], []));
        Assert.Equal(Severity.Info, own.Diagnostic.Severity);

        var catalog = new TaskFiles();
        catalog.AddFolder(Cases);
        var shipped = Assert.Single(new Linter(catalog, new LintSettings { Disabled = ["IK2538"] }).Run("bad"), finding => finding.Diagnostic.Code == CountCode);
        Assert.Equal(Severity.Warning, shipped.Diagnostic.Severity);
    }

    [Fact]
    public void What_the_compiler_says_is_a_finding_once_for_all_layouts()
    {
        using var folder = new ScratchFolder();
        var text = File.ReadAllText(Path.Combine(Cases, "IK2513", "good.yaml")).Replace("{{ text }}", "{{ txet }}", StringComparison.Ordinal);
        text = text.Replace("splits:", "  - name: second\n    format: jsonl\n    files: { train: other.jsonl }\nsplits:", StringComparison.Ordinal);
        var finding = Assert.Single(Lint(folder.Write("good.yaml", text), [], [CountCode]), one => one.Diagnostic.Code == TaskCodes.UnknownColumn);
        Assert.Null(finding.Rule);
        Assert.Equal("Did you mean 'text'?", finding.Diagnostic.Hint);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("same_source: [ first ]", 0)]
    public void Two_tasks_that_read_one_file_are_told_of_unless_they_say_so(string declared, int count)
    {
        using var folder = new ScratchFolder();
        var text = File.ReadAllText(Path.Combine(Cases, "IK2545", "good.yaml"));
        folder.Write("good.jsonl", File.ReadAllText(Path.Combine(Cases, "IK2545", "data", "good.jsonl")));
        folder.Write("first.yaml", text.Replace("task: good", "task: first", StringComparison.Ordinal));
        folder.Write("second.yaml", text.Replace("task: good", $"task: second\n{declared}", StringComparison.Ordinal));
        var catalog = new TaskFiles();
        catalog.AddOwn(folder.At("first.yaml"));
        catalog.AddOwn(folder.At("second.yaml"));
        var findings = new Linter(catalog, new LintSettings { Data = [folder.Path], Disabled = [CountCode] }).Run(catalog.Keys);
        Assert.Equal(count, findings.Count);
        Assert.All(findings, finding => Assert.Equal((LintCodes.SharedFile.Code, "second"), (finding.Diagnostic.Code, finding.Task)));
        Assert.All(findings, finding => Assert.Contains("'first' and 'second' read one file, good.jsonl", finding.Diagnostic.Message, StringComparison.Ordinal));
    }

    // Rows are read in chunks of many; only the checked ones count.
    [Fact]
    public void Missing_labels_are_a_part_of_the_rows_that_were_looked_at()
    {
        using var folder = new ScratchFolder();
        var path = folder.Write("bad.yaml", File.ReadAllText(Path.Combine(Cases, "IK2545", "bad.yaml")));
        folder.Write("train.jsonl", string.Concat(Enumerable.Range(0, 20_000).Select(i => $$"""{"text": "note {{i}}", "label": {{(i % 2 == 0 ? -1 : i / 2 % 2)}}}""" + "\n")));
        var finding = Assert.Single(Lint(path, [folder.Path], [CountCode]));
        Assert.Equal("200 of 400 rows of the split 'train' have no label in the layout 'plain' (first at train.jsonl:1).", finding.Diagnostic.Message);
    }

    [Fact]
    public void Codes_are_unique_ordered_and_explained()
    {
        Assert.Equal(LintCodes.All.Select(rule => rule.Code).Distinct().Order(StringComparer.Ordinal), LintCodes.All.Select(rule => rule.Code));
        Assert.Equal(LintCodes.All.Count, LintCodes.All.Select(rule => rule.Name).Distinct().Count());
        Assert.All(LintCodes.All, rule => Assert.Matches("^IK25[0-9]{2}$", rule.Code));
        Assert.All(LintCodes.All, rule => Assert.True(rule.What.EndsWith('.') && rule.Why.EndsWith('.'), rule.Code));
    }

    internal static IReadOnlyList<LintFinding> Lint(string path, IReadOnlyList<string> data, IReadOnlyList<string> disabled)
    {
        var catalog = new TaskFiles();
        catalog.AddOwn(path);
        return new Linter(catalog, new LintSettings { Data = data, Disabled = disabled }).Run(catalog.Keys);
    }
}
