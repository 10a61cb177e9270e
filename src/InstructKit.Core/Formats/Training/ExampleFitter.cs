using System.Globalization;
using InstructKit.Examples;
using InstructKit.Lengths;
using InstructKit.Templates;

namespace InstructKit.Formats.Training;

/// <summary>What was done to an example because of its length.</summary>
[Flags]
internal enum FitChange
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its end was cut off to fit into a packed sequence.</summary>
    PackCut = 1,
}

/// <summary>The length of an example, and what was done to it.</summary>
/// <param name="Length">Its length then.</param>
/// <param name="Change">What was done.</param>
internal readonly record struct LengthNote(ExampleLength Length, FitChange Change);

/// <summary>Measures examples and sees to those that are too long. One per worker and slice.</summary>
/// <param name="meter">Measures them.</param>
/// <param name="packing">How they are packed; it has no length where they are not.</param>
internal sealed class ExampleFitter(ExampleMeter meter, Packing packing)
{
    /// <summary>Measures the example that was rendered last, which carries its length and tokens from then on.</summary>
    /// <param name="renderer">Holds it.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="row">Number of its row in the source split.</param>
    /// <param name="note">Its length, and what was done to it.</param>
    public RowVerdict Fit(ExampleRenderer renderer, ExampleOrigin origin, long row, out LengthNote note)
    {
        var length = meter.Measure(renderer.Take(origin, row));
        var change = FitChange.None;
        if (packing.Length is { } most && length.Total > most)
        {
            change = FitChange.PackCut;
            if (packing.OnLong == LongExamples.Fail)
            {
                note = default;
                return RowVerdict.Error(RowCodes.TooLong, string.Create(CultureInfo.InvariantCulture, $"The example has {length.Total} tokens, and a packed sequence has at most {most}: --pack-long drop or cut goes on without it or its end."));
            }

            if (packing.OnLong == LongExamples.Drop || !meter.Truncate(most, out length))
            {
                note = default;
                return RowVerdict.Drop(DropReasons.LongerThanSequence);
            }
        }

        renderer.Length = length;
        renderer.Tokens = packing.Length is null ? null : meter.Tokens;
        note = new LengthNote(length, change);
        return RowVerdict.Keep;
    }
}
