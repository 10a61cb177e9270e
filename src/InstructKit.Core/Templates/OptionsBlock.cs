using System.Text;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Templates;

/// <summary>
/// FLAN's block of answer choices: the header <c>OPTIONS:</c> and a line <c>- option</c> for each, without a line end behind the last. The order
/// is that of the labels or of the source; it is never shuffled (FLAN's released code; the figure of the paper prints the items without the blank).
/// </summary>
public static class OptionsBlock
{
    private const string Header = "OPTIONS:";
    private const string ItemPrefix = "\n- ";

    /// <summary>The name of the block in templates, then those that FLAN's own patterns have for it (<c>options_str</c> in ReCoRD's).</summary>
    public static IReadOnlyList<string> Names { get; } = ["options_block", "options_", "options_str"];

    /// <summary>The block of fixed options.</summary>
    public static string Text(IReadOnlyList<string> options) =>
        new StringBuilder(Header).AppendJoin(string.Empty, options.Select(option => ItemPrefix + option)).ToString();

    /// <summary>The block of a row's options.</summary>
    public static void Append(Value options, Utf8Output output)
    {
        output.AppendText(Header);
        for (var i = 0; i < options.Count; i++)
        {
            output.AppendText(ItemPrefix);
            options[i].AppendText(output);
        }
    }
}
