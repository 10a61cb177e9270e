using System.Text.Json;
using InstructKit.Auditing.Linting;
using Xunit;

namespace InstructKit.Tests.Auditing.Linting;

public sealed class FindingFormatTests
{
    private static readonly SourceText File = SourceText.FromText("tasks/my task.yaml", "task: x\ninput: a\tb\n");

    private static readonly LintFinding[] Findings =
    [
        new(new Diagnostic("IK2506", Severity.Warning, "A tab, 100%:\nhere.", new SourceSpan(File, 16, 1)) { Hint = "Use blanks." }, "x", "one", LintCodes.Tab),
        new(new Diagnostic("IK2514", Severity.Info, "No \"cite\".", null), "x", null, LintCodes.NoCitation),
        new(new Diagnostic("IK2011", Severity.Error, "No 'txet'.", new SourceSpan(File, 0, 4)), "x", null, null),
    ];

    [Fact]
    public void Workflow_commands_escape_what_the_runner_would_split_at()
    {
        Assert.Equal("::warning file=tasks/my task.yaml,line=2,col=9,title=IK2506 tab::A tab, 100%25:%0Ahere. Use blanks.", WorkflowCommands.Format(Findings[0]));
        Assert.Equal("::notice title=IK2514 no-citation::No \"cite\".", WorkflowCommands.Format(Findings[1]));
        Assert.Equal("::error file=tasks/my task.yaml,line=1,col=1,title=IK2011::No 'txet'.", WorkflowCommands.Format(Findings[2]));
    }

    [Fact]
    public void Json_has_every_finding_and_the_counts()
    {
        using var document = JsonDocument.Parse(FindingsJson.Write(Findings));
        var root = document.RootElement;
        Assert.Equal((1, 1, 1), (root.GetProperty("errors").GetInt32(), root.GetProperty("warnings").GetInt32(), root.GetProperty("infos").GetInt32()));
        var first = root.GetProperty("findings")[0];
        Assert.Equal("IK2506 tab warning x one 2 9", string.Join(' ', new[] { "code", "rule", "severity", "task", "template", "line", "column" }.Select(name => first.GetProperty(name).ToString())));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("findings")[1].GetProperty("file").ValueKind);
        // All rows of one shape.
        Assert.Single(root.GetProperty("findings").EnumerateArray().Select(one => string.Join(',', one.EnumerateObject().Select(member => member.Name))).Distinct());
    }

    // Required by the schema: version, runs; tool.driver.name; rule ids; result messages. Lines and columns count from 1; levels from a list.
    [Fact]
    public void The_SARIF_log_has_what_the_schema_requires()
    {
        using var document = JsonDocument.Parse(SarifLog.Write(Findings, "1.2.3", Directory.GetCurrentDirectory()));
        Assert.Equal("2.1.0", document.RootElement.GetProperty("version").GetString());
        var run = Assert.Single(document.RootElement.GetProperty("runs").EnumerateArray());
        var driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("instructkit", driver.GetProperty("name").GetString());
        var rules = driver.GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()).ToList();
        Assert.Equal(rules.Distinct(), rules);
        var results = run.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(3, results.Count);
        Assert.All(results, result =>
        {
            Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()]);
            Assert.Contains(result.GetProperty("level").GetString(), new[] { "error", "warning", "note" });
            Assert.NotEqual("", result.GetProperty("message").GetProperty("text").GetString());
        });
        Assert.False(results[1].TryGetProperty("locations", out _));
        var place = results[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("tasks/my%20task.yaml", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal((2, 9), (place.GetProperty("region").GetProperty("startLine").GetInt32(), place.GetProperty("region").GetProperty("startColumn").GetInt32()));
    }

    [Fact]
    public void A_file_outside_the_root_has_an_absolute_address()
    {
        using var document = JsonDocument.Parse(SarifLog.Write([Findings[2]], "1", Path.Combine(Directory.GetCurrentDirectory(), "tasks", "deeper")));
        var uri = document.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString();
        Assert.StartsWith("file:///", uri, StringComparison.Ordinal);
        Assert.EndsWith("/tasks/my%20task.yaml", uri, StringComparison.Ordinal);
    }
}
