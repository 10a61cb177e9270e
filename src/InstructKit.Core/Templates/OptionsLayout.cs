using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>A layout of the answer options for <c>options_block</c> in a template: a head, the options, a tail. Options are in the
/// order of the labels or of the source, never shuffled. Flan 2022 samples layouts at random (16 heads, 87 item styles, 3 endings) and, if the items have
/// labels, makes the label the target; the wording of the layouts here is our own.</summary>
public sealed record OptionsLayout
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    // A character that no text should contain: Unicode reserves it for internal use.
    private const string Gap = "\uFDD0";

    private OptionsLayout(string name) => Name = name;

    /// <summary>FLAN's block: the header <c>OPTIONS:</c> and a line <c>- option</c> for each, without a line end after the last (FLAN's released code; the
    /// figure of the paper prints the items without the blank).</summary>
    public static OptionsLayout Released { get; } = new("released") { Head = "OPTIONS:\n- ", Between = "\n- " };

    /// <summary>All layouts, the released one first. To add one: one line here, and one golden file.</summary>
    public static IReadOnlyList<OptionsLayout> All { get; } =
    [
        Released,
        new("bulleted") { Head = "Possible answers:\n* ", Between = "\n* " },
        new("lines") { Head = "Reply with one of these lines:\n", Between = "\n" },
        new("numbered") { Head = "Answer with a number.\n", Between = "\n", Mark = index => $"{Number(index)}. ", Label = Number },
        new("numbered-brackets") { Head = "Choices:\n", Between = "\n", Mark = index => $"[{Number(index)}] ", Label = index => $"[{Number(index)}]" },
        new("lettered") { Head = "Which of these is it?\n", Between = "\n", Mark = index => $"({Letter(index)}) ", Label = index => $"({Letter(index)})" },
        new("lettered-dots") { Head = "Answer with a letter.\n", Between = "\n", Mark = index => $"{Letter(index)}. ", Label = Letter },
        new("lettered-small") { Head = "Pick one:\n", Between = "\n", Mark = index => $"{SmallLetter(index)}) ", Label = index => $"{SmallLetter(index)})" },
        new("sentence") { Head = "The answer is one of ", Between = ", ", Last = " or ", Tail = "." },
        new("quoted") { Head = "Choose between \"", Between = "\", \"", Last = "\" and \"", Tail = "\"." },
        new("slashes") { Head = "To choose from: ", Between = " / " },
        new("lettered-sentence") { Head = "It is either ", Between = ", ", Last = " or ", Mark = index => $"({Letter(index)}) ", Tail = ".", Label = index => $"({Letter(index)})" },
        new("numbered-sentence") { Head = "Say the number of the answer: ", Between = "; ", Mark = index => $"{Number(index)}) ", Tail = ".", Label = Number },
    ];

    /// <summary>No options: the placeholder printed for them is removed with the surrounding white space.</summary>
    internal static OptionsLayout Hidden { get; } = new("none") { IsHidden = true };

    /// <summary>Name in plans and in the column <c>options_layout</c>.</summary>
    public string Name { get; }

    /// <summary>True when the options have labels, so the answer is a label and not the text of an option.</summary>
    public bool HasLabels => Label is not null;

    internal bool IsHidden { get; private init; }

    private string Head { get; init; } = string.Empty;

    private string Between { get; init; } = string.Empty;

    /// <summary>The text between the last two options; null for <see cref="Between"/>.</summary>
    private string? Last { get; init; }

    private string Tail { get; init; } = string.Empty;

    /// <summary>The text before an option, by its position.</summary>
    private Func<int, string>? Mark { get; init; }

    private Func<int, string>? Label { get; init; }

    /// <summary>The layout with a name; null if there is none.</summary>
    public static OptionsLayout? Find(string name) => All.FirstOrDefault(layout => layout.Name == name);

    /// <summary>The answer for an option by its position.</summary>
    public string LabelOf(int index) => Label is { } label ? label(index) : throw new InvalidOperationException($"The layout '{Name}' has no labels.");

    /// <summary>Prints the options of a row.</summary>
    internal void Append(Value options, Utf8Output output)
    {
        if (IsHidden)
        {
            output.AppendText(Gap);
            return;
        }

        output.AppendText(Head);
        for (var i = 0; i < options.Count; i++)
        {
            if (i > 0) output.AppendText(i == options.Count - 1 && Last is not null ? Last : Between);
            if (Mark is not null) output.AppendText(Mark(i));
            options[i].AppendText(output);
        }

        output.AppendText(Tail);
    }

    /// <summary>Removes the placeholder printed by <see cref="Hidden"/>. FLAN deletes it and trims the rest, because its options are always last; if text
    /// follows, the larger of the two gaps remains.</summary>
    /// <param name="text">The output of a template, plain UTF-8.</param>
    internal static void AppendWithoutGap(ReadOnlySpan<byte> text, Utf8Output output)
    {
        ReadOnlySpan<byte> space = " \t\r\n\v\f"u8;
        ReadOnlySpan<byte> gap = "\uFDD0"u8;
        text = text.Trim(space);
        for (var at = text.IndexOf(gap); at >= 0; at = text.IndexOf(gap))
        {
            var before = text[..at].TrimEnd(space);
            var after = text[(at + gap.Length)..].TrimStart(space);
            output.AppendText(before);
            if (before.IsEmpty || after.IsEmpty)
            {
                text = after;
                continue;
            }

            var above = text[before.Length..at];
            var below = text[(at + gap.Length)..^after.Length];
            output.AppendText(below.Count((byte)'\n') > above.Count((byte)'\n') || above.IsEmpty ? below : above);
            text = after;
        }

        output.AppendText(text);
    }

    private static string Number(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);

    // A to Z, then AA, AB like spreadsheet columns.
    private static string Letter(int index) => (index < Alphabet.Length ? string.Empty : Letter((index / Alphabet.Length) - 1)) + Alphabet[index % Alphabet.Length];

    private static string SmallLetter(int index) => Letter(index).ToLowerInvariant();
}

/// <summary>The choice of an example's text among those of its template.</summary>
/// <param name="Variant">Number of the template's text, from 0 (<see cref="Tasks.TemplateDefinition.TextCount"/>).</param>
/// <param name="Layout">How the options are shown; null for <see cref="OptionsLayout.Released"/>.</param>
/// <param name="GoldPlace">Position of the correct option among the others, from 1; 0 to keep the order of the options.</param>
public readonly record struct Phrasing(int Variant, OptionsLayout? Layout, int GoldPlace = 0);

/// <summary>The block of answer options in templates; <see cref="OptionsLayout"/> defines its form.</summary>
public static class OptionsBlock
{
    /// <summary>The name of the block in templates, then those in FLAN's own patterns (<c>options_str</c> in ReCoRD's).</summary>
    public static IReadOnlyList<string> Names { get; } = ["options_block", "options_", "options_str"];
}
