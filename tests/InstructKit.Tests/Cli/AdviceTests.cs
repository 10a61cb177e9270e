using InstructKit.Cli.Output;
using Xunit;

namespace InstructKit.Tests.Cli;

public sealed class AdviceTests
{
    private static readonly HashSet<string> Options = ["--out", "--force"];

    [Theory]
    [InlineData("Name another folder with --out.", "Name another folder with --out.")]
    [InlineData("Raise --max-rejects, or fix the data.", null)]
    [InlineData("Make room on the disk. Use --on-bad-row skip.", "Make room on the disk.")]
    [InlineData("`instructkit fetch rte --update` moves it.", "`instructkit fetch rte --update` moves it.")]
    [InlineData("No option at all.", "No option at all.")]
    [InlineData(null, null)]
    public void A_hint_names_only_options_of_the_command(string? hint, string? expected) => Assert.Equal(expected, Advice.Fit(hint, Options));

    [Theory]
    [InlineData("17000 columns, more than 16384 (--max-columns).", "17000 columns, more than 16384.")]
    [InlineData("the line is longer than 9 bytes; raise --max-line-bytes if that is right.", "the line is longer than 9 bytes.")]
    [InlineData("the record is longer than 9 bytes; a quote may be open, or raise --max-line-bytes.", "the record is longer than 9 bytes; a quote may be open.")]
    [InlineData("it exists (--force)", "it exists (--force)")]
    public void A_message_loses_remarks_about_options_that_the_command_does_not_have(string message, string expected) => Assert.Equal(expected, Advice.FitMessage(message, Options));
}
