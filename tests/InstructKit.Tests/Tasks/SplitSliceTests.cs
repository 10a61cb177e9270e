using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Tasks;

public sealed class SplitSliceTests
{
    // The reference is Python's own slicing: list(range(n))[a:b].
    [Theory]
    [InlineData("train", 10, "0-10")]
    [InlineData("train[:-3]", 10, "0-7")]
    [InlineData("train[-3:]", 10, "7-10")]
    [InlineData("train[2:5]", 10, "2-5")]
    [InlineData("train[30_000:30200]", 10, "10-10")]
    [InlineData("train[:30000]", 10, "0-10")]
    [InlineData("train[-30:]", 10, "0-10")]
    [InlineData("train[5:2]", 10, "5-5")]
    [InlineData("train[-600:-500]", 1000, "400-500")]
    [InlineData("train[:2] + train[-2:]", 10, "0-2 8-10")]
    public void Slices_resolve_as_in_Python(string text, long count, string expected)
    {
        var slice = SplitSlice.Parse(SourceText.FromText("t", text));
        Assert.Equal(expected, string.Join(' ', slice.Resolve(count).Select(piece => $"{piece.From}-{piece.To}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("train[")]
    [InlineData("train[1]")]
    [InlineData("train[a:b]")]
    [InlineData("train[:5")]
    [InlineData("train[:5] + test[:5]")]
    [InlineData("[:5]")]
    [InlineData("tr ain")]
    public void Other_texts_are_refused_with_examples(string text)
    {
        var exception = Assert.Throws<DiagnosticException>(() => SplitSlice.Parse(SourceText.FromText("t", text)));
        Assert.Equal(TaskCodes.BadSlice, exception.Diagnostics[0].Code);
        Assert.Contains("train[:-200]", exception.Diagnostics[0].Message, StringComparison.Ordinal);
    }
}
