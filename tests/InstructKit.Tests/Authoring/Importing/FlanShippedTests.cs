using System.Text.Json;
using InstructKit.Auditing.Linting;
using InstructKit.Authoring.Importing.Flan;
using InstructKit.Building.Selection;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

/// <summary>
/// FLAN's patterns on the shipped tasks: Golden/importing-shipped has a pattern in our own words for each of FLAN's 61 keys, with every field that its
/// patterns read.
/// </summary>
public sealed class FlanShippedTests
{
    // 70 tasks of FLAN 2021 and two more translation pairs that share a key.
    private const int Tasks = 72;

    private static readonly string Patterns = RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "importing-shipped", "templates.py");

    [Fact]
    public void Every_field_is_bound_in_every_task_and_sample_rows_render()
    {
        using var folder = new ScratchFolder();
        var result = FlanImporter.Import([Patterns], TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []));
        Assert.Equal((Tasks, 0), (result.Tasks, result.LeftOutCount));
        result.Write(folder.Path, force: false, TestContext.Current.CancellationToken);

        var registry = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), [new(folder.Path)]);
        var keys = registry.Tasks.Keys.Where(registry.Tasks.IsOwn).ToList();
        Assert.All(keys, key => Assert.EndsWith("_flan", key, StringComparison.Ordinal));
        var findings = new Linter(registry.Tasks, new LintSettings { Data = [RepositoryRoot.At("samples", "data")] }).Run(keys);
        Assert.DoesNotContain(findings, finding => finding.Diagnostic.Severity == Severity.Error || finding.Diagnostic.Code is "IK2530" or "IK2531" or "IK2532" or "IK2533" or "IK2534" or "IK2535");
    }

    /// <summary>Results of FLAN's preprocessors for fields that differ from their sources (facts of FLAN 2021, section 7).</summary>
    [Theory]
    [InlineData("record", @"\Apassage: (?:(?!@highlight)[^\0])+\nquery: [^@\n]*\nOPTIONS:\n- [^@]+\z")]
    [InlineData("squad_v1", @"\Atitle: [^_\n]+\ncontext: ")]
    [InlineData("squad_v2", @"\Atitle: [^_\n]*\ncontext: ")]
    [InlineData("opinion_abstracts_rotten_tomatoes", @"\Amovie: [^_\n]+\nfirst_review: [^\n]+\nnumbered_reviews: 1\. ")]
    [InlineData("ag_news_subset", @"\Atitle: [^\n]+\ntext: [^\n]+\nOPTIONS:")]
    [InlineData("e2e_nlg", @"\Ameaning_representation: name = [^\[\]]+\z")]
    [InlineData("natural_questions", @"\Aquestion: [^?]+\?\z")]
    [InlineData("quac", @"\Atitle: (?:(?!CANNOTANSWER)[^\0])+\z")]
    [InlineData("wmt14_enfr", @"\Alang1: English\nlang2: French\nsent1: ")]
    [InlineData("wmt16_translate_roen", @"\Alang1: English\nlang2: Romanian\nsent1: ")]
    [InlineData("common_gen", @"\Aconcepts: [^,\n]+, [^\n]+\nconcepts_newline: [^,]+\z")]
    [InlineData("web_nlg_en", @"\Ainput_string: [^_|]+\z")]
    public void Fields_have_the_contents_that_FLAN_gives_them(string key, string pattern)
    {
        using var folder = new ScratchFolder();
        FlanImporter.Import([Patterns], TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), [])).Write(folder.At("tasks"), force: false, TestContext.Current.CancellationToken);
        using var error = new StringWriter();
        string[] arguments =
        [
            "build", "--tasks", folder.At($"tasks/{key}_flan.yaml"), "--train", $"{key}_flan", "--hold-out", "none", "--data", RepositoryRoot.At("samples", "data"), "--no-shuffle", "--out", folder.At("out"),
        ];
        var code = InstructKit.Cli.Application.Run(arguments, TextReader.Null, Stream.Null, error, TestContext.Current.CancellationToken);
        Assert.True(code == 0, error.ToString());
        var inputs = Directory.GetFiles(folder.At("out/data"), "train-*").SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("input").GetString()!).ToList();
        Assert.NotEmpty(inputs);
        Assert.All(inputs, input => Assert.Matches(pattern, input));
    }
}
