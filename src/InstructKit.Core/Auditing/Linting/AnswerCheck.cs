using InstructKit.Answers;
using InstructKit.Evaluation.Metrics;
using InstructKit.Examples;
using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>Verifies on rows that a direct template can be scored: its target, as a model's output, is found by the answer contract and scores as correct;
/// every other option, or an empty text without options, scores less. Answers without options are scored by the task's first metric if it judges
/// single rows.</summary>
internal sealed class AnswerCheck
{
    // Options tried on one row; if there are more, the next row continues with the others.
    private const int MostOptions = 64;

    private readonly AnswerContract _contract;
    private readonly MetricWorkspace _workspace = new();
    private readonly Metric? _metric;
    private readonly int _figure;
    private int _firstOption;

    /// <summary>Prepares a template.</summary>
    public AnswerCheck(TaskDefinition task, TemplateDefinition template)
    {
        _contract = AnswerContract.Of(task, template);
        if (task.Metrics.Count == 0 || MetricProfile.All[0].Resolve(task.Key, task.Metrics[0]) is not { } computed) return;

        var metric = MetricTable.Create(computed.Metric);
        if (metric is not MeanMetric) return;

        (_metric, _figure) = (metric, metric.Figures.ToList().IndexOf(computed.Figure));
    }

    /// <summary>What is suspicious about an example; null if nothing is.</summary>
    public (LintRule Rule, string Message)? Look(in Example example)
    {
        var options = BytesOf(example.Options);
        // A target that is not an option is a separate finding.
        if (options.Length > 0 && example.AnswerIndexes.IsEmpty) return null;

        var target = Encoding.UTF8.GetBytes(example.Target.ToString());
        var gold = _contract.Extract(target, options);
        if (options.Length > 0 && _contract.Format == AnswerFormat.Option) return LookAtOptions(example, gold, options, target);

        var references = BytesOf(example.Answers);
        var found = Score(gold.Text, references);
        if (!gold.IsValid || found < 1)
        {
            var read = gold.IsValid ? $"is read as '{Short(gold.Text)}'{(_metric is null ? string.Empty : $", which scores {found:0.##} of 1 by {_metric.Name}")}" : "is read as no answer";
            return (LintCodes.AnswerLost, $"makes a target that {read}: '{Short(target)}'");
        }

        return Score([], references) >= found ? (LintCodes.AnswerNotToldApart, $"has an answer that an empty text matches: '{Short(gold.Text)}'") : null;
    }

    private (LintRule Rule, string Message)? LookAtOptions(in Example example, ExtractedAnswer gold, ReadOnlyMemory<byte>[] options, byte[] target)
    {
        if (!Array.Exists(options, option => option.Span.SequenceEqual(target))) return null;

        if (!gold.IsValid) return (LintCodes.AnswerLost, $"makes a target that is read as no option: '{Short(target)}'");

        if (!example.AnswerIndexes.Contains(gold.Option) && !IsRightText(options[gold.Option].Span, example.AnswerIndexes, options))
            return (LintCodes.AnswerLost, $"makes a target that is read as the wrong option '{Short(gold.Text)}': '{Short(target)}'");

        for (var tried = 0; tried < Math.Min(options.Length, MostOptions); tried++)
        {
            var i = _firstOption % options.Length;
            _firstOption = i + 1;
            if (example.AnswerIndexes.Contains(i)) continue;

            var other = _contract.Extract(options[i].Span, options);
            if (other.Option >= 0 && IsRightText(other.Text, example.AnswerIndexes, options))
                return (LintCodes.AnswerNotToldApart, $"has a wrong option that is read as the correct one: '{Short(options[i].Span)}'");
        }

        return null;
    }

    private static bool IsRightText(ReadOnlySpan<byte> text, ReadOnlySpan<int> right, ReadOnlyMemory<byte>[] options)
    {
        foreach (var index in right)
        {
            if (text.SequenceEqual(options[index].Span)) return true;
        }

        return false;
    }

    private double Score(ReadOnlySpan<byte> text, ReadOnlyMemory<byte>[] references)
    {
        if (_metric is null)
        {
            foreach (var reference in references)
            {
                if (text.SequenceEqual(_contract.Extract(reference.Span, []).Text)) return 1;
            }

            return 0;
        }

        var table = new StatisticTable(_metric.Width);
        var row = new MetricRow { Prediction = text, References = references };
        _metric.Measure(row, _workspace, table.Add());
        Span<double> figures = stackalloc double[_metric.Figures.Count];
        _metric.Conclude(table, [], figures);
        return figures[_figure] / _metric.Upper;
    }

    private static ReadOnlyMemory<byte>[] BytesOf(ExampleTexts texts) => [.. texts.ToList().Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))];

    private static string Short(ReadOnlySpan<byte> text) => RowLinter.Short(Encoding.UTF8.GetString(text));
}

/// <summary>Which answers the inputs of a task have: always the same, or different ones for one input.</summary>
internal sealed class AnswerTally
{
    // Up to this many rows may have the same answer by chance.
    private const int FewestRows = 10;

    private readonly Dictionary<string, (string Answer, string Where)> _inputs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answers = new(StringComparer.Ordinal);
    private int _rows;
    private int _conflicts;
    private string? _conflict;

    /// <summary>Adds a row.</summary>
    public void Add(string input, string answer, string where)
    {
        _rows++;
        _answers.Add(answer);
        if (_inputs.TryAdd(input, (answer, where)) || _inputs[input].Answer == answer) return;

        _conflicts++;
        _conflict ??= $"'{RowLinter.Short(_inputs[input].Answer)}' at {_inputs[input].Where} and '{RowLinter.Short(answer)}' at {where}";
    }

    /// <summary>The single answer of all rows; null if there are several, or too few rows to tell.</summary>
    public string? Constant => _rows >= FewestRows && _answers.Count == 1 ? $"All {_rows} rows have the answer '{RowLinter.Short(_answers.First())}'." : null;

    /// <summary>Rows whose input had a different answer before; null if there are none.</summary>
    public string? Conflict => _conflict is null ? null : $"{(_conflicts == 1 ? "1 row has" : $"{_conflicts} rows have")} the input of another row and another answer: {_conflict}.";
}
