namespace InstructKit.Building.Passes;

/// <summary>Receives build progress; calls may come from any thread.</summary>
public interface IBuildObserver
{
    /// <summary>A task's source split begins.</summary>
    /// <param name="task">The task.</param>
    /// <param name="split">The source split.</param>
    /// <param name="total">Number of its rows, if known.</param>
    void Begin(string task, string split, long? total);

    /// <summary>Rows of it have been processed.</summary>
    void Rows(string task, string split, int rows);

    /// <summary>It is done.</summary>
    void End(string task, string split);

    /// <summary>A step that is not part of a task begins, such as writing out the shuffled rows.</summary>
    void Phase(string what);
}
