using InstructKit.Examples;
using InstructKit.Lengths;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;

namespace InstructKit.Formats.Training;

/// <summary>Change to an example because of its length.</summary>
[Flags]
internal enum FitChange
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It was truncated at the end to fit into a packed sequence.</summary>
    PackCut = 1,

    /// <summary>A text in its input was shortened to fit into the budget.</summary>
    InputCut = 2,

    /// <summary>Its target was shortened to fit into the budget.</summary>
    TargetCut = 4,

    /// <summary>It exceeds the budget but was kept.</summary>
    Over = 8,
}

/// <summary>The length of an example, and the change to it.</summary>
/// <param name="Length">Its resulting length.</param>
/// <param name="Change">The change.</param>
internal readonly record struct LengthNote(ExampleLength Length, FitChange Change);

/// <summary>Length limits of a slice's examples.</summary>
internal sealed record FitRules
{
    /// <summary>Maximum lengths, and what becomes of longer examples.</summary>
    public LengthBudget Budget { get; init; } = new();

    /// <summary>How an input is shortened; null if it cannot be.</summary>
    public CutRule? Cut { get; init; }

    /// <summary>How a target is shortened; null if it never is.</summary>
    public CutRule? CutTarget { get; init; }

    /// <summary>How examples are packed; null if they are not.</summary>
    public Packing? Packing { get; init; }
}

/// <summary>Measures examples and handles those that are too long. One per worker and slice.</summary>
/// <param name="meter">Measures them.</param>
/// <param name="rules">Length limits.</param>
internal sealed class ExampleFitter(ExampleMeter meter, FitRules rules)
{
    // For one example, including the last render.
    private const int MaxRenders = 16;

    private Func<string?> _render = () => null; // with each example
    private Func<ExampleLength> _measure = () => default; // with each example
    private byte[] _target = [];
    private int _renders;
    private bool _isInTarget;

    /// <summary>Measures the example rendered last, which then carries its length and tokens.</summary>
    /// <param name="origin">Its origin.</param>
    /// <param name="row">Number of its row in the source split.</param>
    /// <param name="render">Renders it again, after a text of its row was shortened; a drop reason, or null.</param>
    /// <param name="note">Its length, and the change to it.</param>
    /// <exception cref="TemplateException">A template failed.</exception>
    public RowVerdict Fit(ExampleRenderer renderer, ExampleOrigin origin, long row, Func<string?> render, out LengthNote note)
    {
        var length = meter.Measure(renderer.Take(origin, row));
        var change = FitChange.None;
        note = default;
        if (Excess(length) is not null)
        {
            if (rules.Budget.OnLong == OverBudget.Keep)
            {
                change = FitChange.Over;
            }
            else
            {
                // A conversation cannot be shortened and stay valid.
                if (rules.Budget.OnLong == OverBudget.Cut && renderer.Conversation is null) change = Shorten(renderer, origin, row, render, ref length);
                if (Excess(length) is { } reason) return RowVerdict.Drop(reason);
            }
        }

        if (rules.Packing is { Length: { } most } packing && length.Total > most)
        {
            change |= FitChange.PackCut;
            if (packing.OnLong == LongExamples.Fail)
                return RowVerdict.Error(RowCodes.TooLong, string.Create(CultureInfo.InvariantCulture, $"The example has {length.Total} tokens, and a packed sequence has at most {most}: --pack-long drop or cut continues without it or its end."));

            if (packing.OnLong == LongExamples.Drop || !meter.Truncate(most, out length)) return RowVerdict.Drop(DropReasons.LongerThanSequence);
        }

        renderer.Length = length;
        renderer.Tokens = rules.Packing is null ? null : meter.Tokens;
        note = new LengthNote(length, change);
        return RowVerdict.Keep;
    }

    private string? Excess(ExampleLength length) =>
        length.Target > rules.Budget.MaxTarget ? DropReasons.TargetTooLong : length.Input > rules.Budget.MaxInput ? DropReasons.InputTooLong
        : length.Total > rules.Budget.MaxTotal ? DropReasons.TotalTooLong : null;

    private FitChange Shorten(ExampleRenderer renderer, ExampleOrigin origin, long row, Func<string?> render, ref ExampleLength length)
    {
        (_render, _measure) = (render, () => meter.Measure(renderer.Take(origin, row)));
        var change = FitChange.None;
        var (maxInput, maxTarget, maxTotal) = (rules.Budget.MaxInput ?? int.MaxValue, rules.Budget.MaxTarget ?? int.MaxValue, rules.Budget.MaxTotal ?? int.MaxValue);
        if (length.Target > maxTarget && TryCutTarget(renderer, maxTarget, ref length)) change |= FitChange.TargetCut;
        if (length.Target > maxTarget) return change;

        var most = Math.Min(maxInput, maxTotal - length.Target);
        if (length.Input > most && rules.Cut is { } rule && TryCutInput(renderer, rule, most, ref length)) change |= FitChange.InputCut;
        // If the input cannot be shortened, as in templates that ask for the text itself, only the target can reduce the total.
        if (length.Input <= maxInput && length.Total > maxTotal && TryCutTarget(renderer, maxTotal - length.Input, ref length)) change |= FitChange.TargetCut;
        return change;
    }

    private bool TryCutTarget(ExampleRenderer renderer, int most, ref ExampleLength length)
    {
        if (rules.CutTarget is not { } rule) return false;

        // An end token, or a template's text around it, is counted with it.
        var plain = Plain(renderer.Target);
        var room = meter.Count(plain) - (length.Target - most);
        var parts = TextCutter.Parts(plain, rule);
        var longest = TextCutter.Longest(plain, parts, room, meter.Count);
        for (var i = longest; i >= 0 && longest - i < MaxRenders; i--)
        {
            renderer.CutTarget(plain.AsSpan(parts[i]));
            var now = _measure();
            if (now.Target > most) continue;

            length = now;
            return true;
        }

        renderer.CutTarget(plain);
        return false;
    }

    // The first guess is what the excess leaves; from there the search doubles its steps up or down, then bisects. Usually two renders are enough.
    private bool TryCutInput(ExampleRenderer renderer, CutRule rule, int most, ref ExampleLength length)
    {
        if (!renderer.Row.TryGetCutText(out var text)) return false;

        var parts = TextCutter.Parts(text, rule);
        if (parts.Count == 0) return false;

        _target = Plain(renderer.Target);
        (_renders, _isInTarget) = (0, false);
        var cutTarget = rules.CutTarget is not null;
        try
        {
            var (fits, over) = (-1, parts.Count);
            var next = Math.Max(0, TextCutter.Longest(text, parts, meter.Count(text) - (length.Input - most), meter.Count));
            var shown = -1;
            for (var step = 1; over - fits > 1 && _renders < MaxRenders - 1 && !_isInTarget; step *= 2)
            {
                shown = next;
                if (Fits(renderer, text.AsSpan(parts[next]), most, cutTarget, out _)) fits = next;
                else over = next;

                // Until there is one that fits and one that does not.
                next = fits < 0 ? Math.Max(0, over - step) : over == parts.Count ? Math.Min(over - 1, fits + step) : (fits + over) / 2;
            }

            if (fits >= 0 && Fits(renderer, text.AsSpan(parts[fits]), most, cutTarget, out var found, isShown: shown == fits))
            {
                length = found;
                return true;
            }
        }
        finally
        {
            renderer.Row.RestoreCut();
        }

        _render();
        return false;
    }

    // Whether the input fits with a part of the text; the target must not change unless the task allows truncating it.
    private bool Fits(ExampleRenderer renderer, ReadOnlySpan<byte> part, int most, bool cutTarget, out ExampleLength length, bool isShown = false)
    {
        length = default;
        if (!isShown)
        {
            _renders++;
            renderer.Row.ReplaceCut(part);
            if (_render() is not null) return false;
        }

        if (!Plain(renderer.Target).AsSpan().SequenceEqual(_target))
        {
            // A template that asks for the text itself.
            _isInTarget = !cutTarget;
            if (_isInTarget) return false;

            // A target truncated before stays so; a longer one was rendered again.
            renderer.CutTarget(_target);
        }

        length = _measure();
        return length.Input <= most;
    }

    private static byte[] Plain(ExampleText text) => (text.IsEscaped ? JsonEscapes.Unescape(text.Bytes) : text.Bytes).ToArray();
}
