using Xunit;

namespace InstructKit.Tests.Templating;

public sealed class GoldenTests
{
    public static TheoryData<string> Rendered => [.. GoldenCase.Names(errors: false)];

    public static TheoryData<string> Failing => [.. GoldenCase.Names(errors: true)];

    [Theory]
    [MemberData(nameof(Rendered))]
    public void RendersAsJinja2Does(string name)
    {
        var golden = GoldenCase.Load(name);
        Assert.Equal(golden.Expected, golden.Render());
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public void FailsWithAMessageThatHelps(string name)
    {
        var golden = GoldenCase.Load(name);
        var failure = Assert.ThrowsAny<DiagnosticException>(golden.Render);
        var text = string.Concat(failure.Diagnostics.Select(diagnostic => $"{diagnostic}\n{(diagnostic.Span is { } span ? Excerpt.Render(span) : string.Empty)}"));
        Assert.Equal(golden.Expected, text);
    }
}
