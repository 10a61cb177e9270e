using InstructKit.Auditing.Linting;
using InstructKit.Tasks;
using Xunit;

namespace InstructKit.Tests.Auditing.Linting;

/// <summary>Every text of a template's variants is checked, not only the first.</summary>
public sealed class VariantLintTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("[\"1\", \"2\", \"0\"]", "IK2533")]
    [InlineData("[\"1\", \"<|end|>2\"]", "IK2507")]
    [InlineData("[\"1\", \"2\\\\n\"]", "IK2509")]
    [InlineData("[\"1\", \" 2\"]", null)]
    public void A_text_that_is_wrong_under_one_variant_is_found(string texts, string? code)
    {
        _scratch.Write("toy.yaml", $$$"""
            task: toy
            title: Toy
            columns: { text: string, n: int }
            layouts: [ { name: files, format: jsonl, files: { train: rows.jsonl } } ]
            splits: { train: train }
            answer: text
            templates:
              - id: t
                variants: { d: {{{texts}}}, e: [x, y] }
                input: "Say{{ d }} {{ e }} {{ 10 // (d | int(1)) }} for {{ n }} now."
                target: "{{ answer }}"
            """);
        _scratch.Write("toy/rows.jsonl", "{\"text\": \"one\", \"n\": 1}\n");
        TaskFiles files = new();
        files.AddOwn(_scratch.At("toy.yaml"));
        var findings = new Linter(files, new LintSettings { Data = [_scratch.Path], Disabled = ["IK2511", "IK2513", "IK2514", "IK2508"] }).Run("toy");
        Assert.Equal(code is null ? [] : [code], findings.Select(finding => finding.Diagnostic.Code));
        Assert.All(findings, finding => Assert.Equal("t", finding.Template));
    }
}
