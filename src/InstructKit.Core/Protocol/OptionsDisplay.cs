using InstructKit.Templates;

namespace InstructKit.Protocol;

/// <summary>Whether examples show their options (Flan 2022: <c>opt</c> and <c>noopt</c> variants of a task, half each).</summary>
public enum OptionsShown
{
    /// <summary>Always.</summary>
    With,

    /// <summary>Never.</summary>
    Without,

    /// <summary>In a random half of the examples.</summary>
    Mixed,
}

/// <summary>How a plan shows the answer options.</summary>
public sealed record OptionsDisplay
{
    /// <summary>Whether examples show their options.</summary>
    public OptionsShown Shown { get; init; }

    /// <summary>The layouts, one of which is sampled for every example.</summary>
    public IReadOnlyList<OptionsLayout> Layouts { get; init; } = [OptionsLayout.Released];

    /// <summary>True when every example shows the options in FLAN's released layout.</summary>
    public bool IsReleased => Shown == OptionsShown.With && Layouts is [var only] && ReferenceEquals(only, OptionsLayout.Released);
}

/// <summary>Samples the phrasing of each example: the text of its template, and how its options are shown. Immutable.</summary>
/// <param name="keys">Keys of the split's random choices.</param>
/// <param name="display">How the plan shows options.</param>
internal sealed class PhrasingDraw(RowKeys keys, OptionsDisplay display)
{
    // Number of draws of one row: one per template of a task and use of the row.
    private const int MaxTemplates = 1 << 20;

    private readonly OptionsLayout[] _layouts = [.. display.Layouts];
    private readonly OptionsLayout[] _unlabelled = [.. display.Layouts.Where(layout => !layout.HasLabels)];
    private readonly bool _isReleased = display.IsReleased;

    /// <summary>The phrasing of a row with a template.</summary>
    /// <param name="row">Ordinal of the row in its source split.</param>
    /// <param name="use">Number of earlier uses of the row: each use is sampled separately.</param>
    /// <param name="isHidden">Whether the options are hidden, if not sampled: an exemplar follows its query.</param>
    public Phrasing Of(CompiledTemplate template, long row, long use = 0, bool? isHidden = null)
    {
        if (_isReleased && template.Variants.Length == 0) return default;

        var n = (use * MaxTemplates) + template.Number;
        return new Phrasing(template.Variants.Length == 0 ? 0 : keys.Variant.Choose(row, template.Definition.TextCount, n), template.ShowsOptions && !_isReleased ? LayoutOf(template, row, n, isHidden) : null);
    }

    private OptionsLayout? LayoutOf(CompiledTemplate template, long row, long n, bool? isHidden)
    {
        if (isHidden ?? (display.Shown == OptionsShown.Without || (display.Shown == OptionsShown.Mixed && keys.Hidden.Choose(row, 2, n) == 1))) return OptionsLayout.Hidden;

        var layouts = template.TakesLabel ? _layouts : _unlabelled;
        return layouts.Length == 0 ? OptionsLayout.Released : layouts[keys.Layout.Choose(row, layouts.Length, n)];
    }
}
