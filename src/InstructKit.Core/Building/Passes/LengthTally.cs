using InstructKit.Formats.Training;
using InstructKit.Lengths;

namespace InstructKit.Building.Passes;

/// <summary>Lengths of the examples of a slice as seen by a trainer, and how those that are too long were handled.</summary>
public sealed class LengthTally
{
    /// <summary>The model's input.</summary>
    public LengthStatistics Input { get; } = new();

    /// <summary>The part trained on.</summary>
    public LengthStatistics Target { get; } = new();

    /// <summary>Both together.</summary>
    public LengthStatistics Total { get; } = new();

    /// <summary>Examples truncated at the end to fit into a packed sequence.</summary>
    public long PackCut { get; private set; }

    /// <summary>Examples in whose input a text was shortened to fit into the budget.</summary>
    public long InputCut { get; private set; }

    /// <summary>Examples whose target was shortened to fit into the budget.</summary>
    public long TargetCut { get; private set; }

    /// <summary>Examples that exceed the budget but were kept.</summary>
    public long Over { get; private set; }

    /// <summary>Adds another tally.</summary>
    public void Add(LengthTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Input.Add(other.Input);
        Target.Add(other.Target);
        Total.Add(other.Total);
        PackCut += other.PackCut;
        InputCut += other.InputCut;
        TargetCut += other.TargetCut;
        Over += other.Over;
    }

    /// <summary>Counts an example.</summary>
    internal void Add(LengthNote note)
    {
        Input.Add(note.Length.Input);
        Target.Add(note.Length.Target);
        Total.Add(note.Length.Total);
        PackCut += note.Change.HasFlag(FitChange.PackCut) ? 1 : 0;
        InputCut += note.Change.HasFlag(FitChange.InputCut) ? 1 : 0;
        TargetCut += note.Change.HasFlag(FitChange.TargetCut) ? 1 : 0;
        Over += note.Change.HasFlag(FitChange.Over) ? 1 : 0;
    }
}
