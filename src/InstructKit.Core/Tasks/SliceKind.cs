namespace InstructKit.Tasks;

/// <summary>What a slice of a task's data is for. (FLAN: train, a dev slice of usually 200 examples, test.)</summary>
public enum SliceKind
{
    /// <summary>Examples to train on.</summary>
    Train,

    /// <summary>The dev slice: choosing a template or a checkpoint.</summary>
    Validation,

    /// <summary>Evaluation.</summary>
    Test,
}
