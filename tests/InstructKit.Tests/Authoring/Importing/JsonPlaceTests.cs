using InstructKit.Authoring.Importing.NaturalInstructions;
using InstructKit.Authoring.Importing.Unitxt;
using Xunit;

namespace InstructKit.Tests.Authoring.Importing;

/// <summary>Where a file of JSON is wrong: lines and letters as an editor counts them, whatever the bytes.</summary>
public sealed class JsonPlaceTests
{
    [Theory]
    [InlineData("{\n\"Definition\": \"é😀\" 1}", "2:21: error IK9001: Not valid JSON.")]
    [InlineData("\ufeff{\"Definition\": \"é\" 1}", "1:20: error IK9001: Not valid JSON.")]
    [InlineData("\ufeff{\"Definition\": [\"é\", 7]}", "1:22: error IK9002: An item of 'Definition' must be a text.")]
    public void Natural_instructions(string text, string expected)
    {
        using var folder = new ScratchFolder();
        var file = folder.Write("task.json", text);
        Assert.Equal($"{file}:{expected}", Assert.Single(NaturalInstructionsImporter.Import([file], TkInstructEncoding.Varied).Diagnostics).ToString());
    }

    [Fact]
    public void Unitxt()
    {
        using var folder = new ScratchFolder();
        var file = folder.Write("card.json", "{\n\"é\": \"😀\" 1}");
        Assert.Equal($"{file}:2:11: error IK9001: Not valid JSON.", Assert.Single(UnitxtImporter.Import([file]).Diagnostics).ToString());
    }
}
