namespace InstructKit.Building.Plans;

/// <summary>What a row that cannot be used does to a build.</summary>
public enum BadRowPolicy
{
    /// <summary>The first one ends the build.</summary>
    Fail,

    /// <summary>It goes to the reject file and is counted.</summary>
    Skip,
}

/// <summary>What instructions examples have: the paper's ablation of their role (FLAN, section 4.3).</summary>
public enum InstructionUse
{
    /// <summary>Those of the templates.</summary>
    Full,

    /// <summary>None: the bare input and the answer.</summary>
    None,

    /// <summary>The name of task and dataset in brackets before the bare input.</summary>
    Name,
}

/// <summary>What a task without files does to a build.</summary>
public enum MissingDataPolicy
{
    /// <summary>The build ends before anything is written.</summary>
    Fail,

    /// <summary>The task is left out and named in the manifest.</summary>
    Skip,
}

/// <summary>What held-out rows among the training rows do.</summary>
public enum LeakPolicy
{
    /// <summary>The build ends when a training task reads held-out rows of a file, or has 5 % or more of a held-out task's rows; fewer are dropped and counted.</summary>
    Fail,

    /// <summary>They are dropped and counted.</summary>
    Drop,

    /// <summary>They are trained on and counted.</summary>
    Report,
}

/// <summary>Held-out rows in one training task.</summary>
/// <param name="Task">The training task.</param>
/// <param name="HeldOut">The held-out task.</param>
/// <param name="Rows">Rows of the training task that are rows of the held-out one.</param>
/// <param name="HeldOutRows">Rows of the held-out task that are among them.</param>
/// <param name="HeldOutTotal">Rows of the held-out task.</param>
public sealed record LeakCount(string Task, string HeldOut, long Rows, long HeldOutRows, long HeldOutTotal);
