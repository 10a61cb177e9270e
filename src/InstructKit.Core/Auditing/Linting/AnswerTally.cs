namespace InstructKit.Auditing.Linting;

/// <summary>Which answers the inputs of a task have: always one, or two for one input.</summary>
internal sealed class AnswerTally
{
    // So few rows may have one answer by chance.
    private const int FewestRows = 10;

    private readonly Dictionary<string, (string Answer, string Where)> _inputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answers = new(StringComparer.Ordinal);
    private int _rows;
    private int _conflicts;
    private string? _conflict;

    /// <summary>Takes a row.</summary>
    public void Add(string input, string answer, string where)
    {
        _rows++;
        _answers.Add(answer);
        if (_inputs.TryAdd(input, (answer, where)) || _inputs[input].Answer == answer) return;

        _conflicts++;
        _conflict ??= $"'{RowLinter.Short(_inputs[input].Answer)}' at {_inputs[input].Where} and '{RowLinter.Short(answer)}' at {where}";
    }

    /// <summary>The one answer of all rows; null when there are several, or too few rows to say.</summary>
    public string? Constant => _rows >= FewestRows && _answers.Count == 1 ? $"All {_rows} rows have the answer '{RowLinter.Short(_answers.First())}'." : null;

    /// <summary>Rows whose input had another answer before; null when there are none.</summary>
    public string? Conflict => _conflict is null ? null : $"{(_conflicts == 1 ? "1 row has" : $"{_conflicts} rows have")} the input of another row and another answer: {_conflict}.";
}
