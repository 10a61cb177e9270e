using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>Where a text may be truncated.</summary>
public enum CutBorder
{
    /// <summary>Between any two characters.</summary>
    Token,

    /// <summary>Between two words: at white space.</summary>
    Word,

    /// <summary>Between two lines.</summary>
    Line,

    /// <summary>After a full stop, exclamation or question mark (with the quotes and brackets that close after it) before white space, after an ideographic one, or at a line's end.</summary>
    Sentence,
}

/// <summary>Which side of a text is removed.</summary>
public enum CutSide
{
    /// <summary>The end is removed, the beginning kept.</summary>
    End,

    /// <summary>The beginning is removed, the end kept.</summary>
    Start,
}

/// <summary>How a text is shortened if it makes an example exceed a plan's budget.</summary>
/// <param name="Border">Where it may be cut.</param>
/// <param name="Side">What is removed.</param>
public sealed record CutRule(CutBorder Border, CutSide Side)
{
    /// <summary>The names of boundaries, in the order of <see cref="CutBorder"/>.</summary>
    internal static readonly string[] Borders = ["token", "word", "line", "sentence"];

    /// <summary>The names of sides, in the order of <see cref="CutSide"/>.</summary>
    internal static readonly string[] Sides = ["end", "start"];

    /// <summary>The column or field that is shortened; empty for the target.</summary>
    public LocatedName Field { get; init; } = new(string.Empty);

    internal string Words => $"at {Borders[(int)Border]}, from {Sides[(int)Side]}";

    /// <summary>Reads <c>cut:</c>: the name of a column or field, or a mapping with <c>field</c>, <c>at</c> and <c>from</c>.</summary>
    internal static CutRule? Read(YamlForm form, List<Diagnostics.Diagnostic> diagnostics)
    {
        switch (form.Take("cut"))
        {
            case null or YamlScalar { IsNull: true }: return null;
            case YamlScalar scalar: return Standard with { Field = new LocatedName(scalar.Text, scalar.Span) };
            case YamlMap map:
                var own = new YamlForm(map, "'cut'", diagnostics);
                var field = own.RequireScalar("field");
                var rule = Read(own);
                return field is null ? null : rule with { Field = new LocatedName(field.Text, field.Span) };
            case var other:
                form.Error(YamlCodes.WrongType, $"'cut' is the name of a column or field, or a mapping with 'field', 'at' and 'from', found {other.Noun}.", other.Span);
                return null;
        }
    }

    /// <summary>Reads <c>cut_target:</c>: true, or a mapping with <c>at</c> and <c>from</c>.</summary>
    internal static CutRule? ReadTarget(YamlForm form, List<Diagnostics.Diagnostic> diagnostics) =>
        form.Take("cut_target") is YamlMap map ? Read(new YamlForm(map, "'cut_target'", diagnostics)) : form.TakeBoolean("cut_target") == true ? Standard : null;

    private static CutRule Standard { get; } = new(CutBorder.Sentence, CutSide.End);

    private static CutRule Read(YamlForm own)
    {
        var rule = new CutRule((CutBorder)(own.TakeChoice("at", Borders) ?? (int)Standard.Border), (CutSide)(own.TakeChoice("from", Sides) ?? (int)Standard.Side));
        own.Finish();
        return rule;
    }
}
