using System.Text.RegularExpressions;
using InstructKit.Auditing.Linting;
using InstructKit.Building.Settings;
using InstructKit.Tasks;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Readme;

/// <summary>Verifies <c>templates/README.md</c>: the examples of the language, the task file, the plan, the tables of codes.</summary>
public sealed partial class TemplatesPageTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "templates", "README.md"));

    private readonly ScratchFolder _scratch = new();

    [GeneratedRegex(@"```text\nrow:      (?<row>[^\n]*)\ntemplate: (?<template>[^\n]*)\noutput:   (?<output>[^\n]*)\n```")]
    private static partial Regex Example { get; }

    [GeneratedRegex(@"```yaml\n(?<yaml>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml { get; }

    public static TheoryData<string, string, string> Examples =>
        [.. Example.Matches(Page).Select(match => (match.Groups["row"].Value, match.Groups["template"].Value, match.Groups["output"].Value))];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_example_of_the_page_is_read() => Assert.Equal(Page.Split("\nrow: ").Length - 1, Examples.Count);

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_renders_as_shown(string row, string template, string output)
    {
        var options = TemplateOptions.For(Dialect.Jinja);
        var context = new RenderContext(options.Limits) { Variables = Value.FromJson(Encoding.UTF8.GetBytes(row)) };
        context.BeginRow([], []);
        var written = new Utf8Output();
        InstructKit.Templating.Template.Parse(SourceText.FromText("page", template), options).Render(context, written);
        Assert.Equal(output, Encoding.UTF8.GetString(written.Written));
    }

    [Theory]
    [InlineData("tickets", 0)]
    [InlineData("support", 1)]
    public void A_task_file_of_the_page_is_one(string key, int block)
    {
        var path = _scratch.Write($"{key}.yaml", Blocks()[block]);
        var catalog = new TaskFiles();
        catalog.AddOwn(path);
        Assert.DoesNotContain(new Linter(catalog, new LintSettings()).Run([key]), finding => finding.Diagnostic.Severity != Severity.Info);
    }

    [Fact]
    public void The_plan_of_the_page_is_one()
    {
        var plan = BuildPlanFile.Load(_scratch.Write("plan.yaml", Blocks()[2]));
        Assert.Equal((30000L, 3000L), (plan.MaxTrain, plan.Mixture.MaxRate));
    }

    [Fact]
    public void Every_rule_of_the_linter_is_listed() =>
        Assert.All(LintCodes.All, rule => Assert.Contains($"| {rule.Code} | {rule.Name} | {rule.What.Replace("|", "\\|", StringComparison.Ordinal)} |", Page, StringComparison.Ordinal));

    [Fact]
    public void Every_code_is_listed()
    {
        foreach (var code in CodesOf(typeof(TaskCodes).Assembly).Concat(CodesOf(typeof(TemplateCodes).Assembly)).Concat(CodesOf(typeof(InstructKit.Parquet.Format.ParquetErrorCodes).Assembly)))
        {
            // Shown as IK20xx followed by the last four digits, or in full.
            Assert.True(Page.Contains($" {code[2..]} ", StringComparison.Ordinal) || Page.Contains(code, StringComparison.Ordinal), $"templates/README.md does not list {code}");
        }
    }

    private static List<string> Blocks() => [.. Yaml.Matches(Page).Select(match => match.Groups["yaml"].Value)];

    // The constants of the code classes, the only place where codes are defined.
    private static IEnumerable<string> CodesOf(System.Reflection.Assembly assembly) => assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Codes", StringComparison.Ordinal))
        .SelectMany(type => type.GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static))
        .Where(field => field.IsLiteral)
        .Select(field => (string)field.GetRawConstantValue()!); // the codes are texts
}
