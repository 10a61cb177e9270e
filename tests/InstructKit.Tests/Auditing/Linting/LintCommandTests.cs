using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Auditing.Linting;

public sealed class LintCommandTests
{
    private static readonly string Cases = RepositoryRoot.At("tests", "InstructKit.Tests", "Golden", "lint");

    [Theory]
    [InlineData(0, "IK2503/good.yaml", "--rows", "0")]
    [InlineData(1, "IK2503/bad.yaml", "--rows", "0")]
    [InlineData(0, "IK2503/bad.yaml", "--rows", "0", "--disable", "IK2503")]
    [InlineData(0, "IK2503/bad.yaml", "--rows", "0", "--disable", "trailing-space")]
    [InlineData(1, "IK2503/good.yaml", "--rows", "0", "--strict")] // fewer than ten templates: a remark
    [InlineData(2, "IK2503/bad.yaml", "--disable", "IK9999")]
    [InlineData(2, "IK2503/bad.yaml", "--json", "--sarif")]
    [InlineData(2, "IK2503/nowhere.yaml")]
    [InlineData(1, "IK2533/bad.yaml", "--data", "IK2533/data")]
    [InlineData(0, "IK2533/good.yaml", "--data", "IK2533/data")]
    public void Exit_codes(int expected, params string[] args) => Assert.Equal(expected, Run(args).Code);

    [Fact]
    public void Findings_go_to_people_with_the_line_and_carets()
    {
        var (_, output, error) = Run("IK2508/bad.yaml", "--rows", "0");
        Assert.Equal("", output);
        Assert.Contains("bad.yaml:17:17: warning IK2508: The letter 'n' is stuck to {{ text }}.", error, StringComparison.Ordinal);
        Assert.Contains("17 |       {{ text }}n\n   |                 ^\n", error, StringComparison.Ordinal);
        Assert.EndsWith("1 task: 0 errors, 2 warnings, 1 remark.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_and_SARIF_are_one_document_on_standard_output()
    {
        using var json = JsonDocument.Parse(Run("IK2508/bad.yaml", "--rows", "0", "--json").Output);
        Assert.Equal(2, json.RootElement.GetProperty("warnings").GetInt32());
        using var sarif = JsonDocument.Parse(Run("IK2508/bad.yaml", "--rows", "0", "--sarif").Output);
        Assert.Equal(3, sarif.RootElement.GetProperty("runs")[0].GetProperty("results").GetArrayLength());
    }

    [Fact]
    public void Misspelt_names_get_the_nearest_one()
    {
        Assert.Contains("Did you mean 'rte'?", Run("rtee").Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'position-bias'?", Run("rte", "--disable", "positon-bias").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_are_listed_with_reasons()
    {
        var (code, output, _) = Run("--rules");
        Assert.Equal(0, code);
        Assert.All(InstructKit.Auditing.Linting.LintCodes.All, rule => Assert.Contains(rule.Why, output, StringComparison.Ordinal));
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var paths = args.Select(arg => arg.StartsWith("IK25", StringComparison.Ordinal) && arg.Contains('/', StringComparison.Ordinal) ? Path.Combine(Cases, arg) : arg);
        var code = InstructKit.Cli.Application.Run(["lint", .. paths], TextReader.Null, output, error);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }
}
