namespace InstructKit.Building;

/// <summary>What a task does in a build.</summary>
public enum TaskUse
{
    /// <summary>Its rows are trained on.</summary>
    Train,

    /// <summary>Its rows are evaluated, never trained on.</summary>
    HeldOut,
}
