using InstructKit.Building.Slices;
using InstructKit.Examples;
using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;

namespace InstructKit.Building.Passes;

/// <summary>Loads rows and decides which of them may become examples, for build and preview alike: reading errors, slices of higher priority, the task's own
/// types and conditions, the held-out rows, then filters. One per worker.</summary>
/// <param name="keys">See <see cref="Keys"/>.</param>
/// <param name="cancel">Cancels a running render.</param>
internal sealed class RowJudge(CompiledTask task, RowKeys keys, RenderLimits limits, CancellationToken cancel)
{
    /// <summary>Holds the row judged last.</summary>
    public RowEvaluator Evaluator { get; } = new(task, limits) { Cancellation = cancel };

    /// <summary>Keys of the random choices of the current source split.</summary>
    public RowKeys Keys { get; set; } = keys;

    /// <summary>Judges a row; when it is kept, <see cref="Evaluator"/> holds it.</summary>
    /// <param name="batch">The batch, which must stay unchanged while the row is in use.</param>
    /// <param name="row">Index of the row in it.</param>
    /// <param name="ordinal">Number of the row in the source split.</param>
    /// <param name="position">Its position in the order of the split.</param>
    /// <param name="preceding">Slices that take precedence for a row.</param>
    /// <param name="nextError">See <see cref="RowBatch.ErrorOf"/>.</param>
    /// <param name="filters">Filters on rows accepted by the task.</param>
    public RowOutcome Judge(RowBatch batch, int row, long ordinal, long position, RowSet[] preceding, ref int nextError, params ReadOnlySpan<IRowFilter> filters)
    {
        foreach (var range in preceding)
        {
            if (range.Contains(position)) return new RowOutcome(row, RowVerdict.Drop(range.Reason));
        }

        if (batch.FaultCount > 0 && batch.ErrorOf(row, ref nextError) is { } error)
            return new RowOutcome(row, RowVerdict.Error(error.Code, error.Message), error.Column);

        var verdict = Evaluator.Load(batch, row, Keys.Random[ordinal]);
        for (var i = 0; verdict.IsKept && i < filters.Length; i++)
        {
            if (filters[i].DropReason(Evaluator, ordinal) is { } reason) verdict = RowVerdict.Drop(reason);
        }

        return new RowOutcome(row, verdict);
    }

    public static RowVerdict Failed(TemplateDefinition template, TemplateException exception)
    {
        var found = exception.Diagnostics[0];
        return RowVerdict.Error(RowCodes.RenderFailed, $"The template '{template.Id}' fails at {found.Span?.Source.Name}:{found.Span?.Start}: {found.Message}");
    }
}

/// <summary>Outcome of a row.</summary>
/// <param name="Row">Index of the row in its batch.</param>
/// <param name="Verdict">Whether it is kept, and why not.</param>
/// <param name="Column">Zero-based byte column of a reading error, or -1.</param>
/// <param name="Template">Template concerned, or null before any template.</param>
/// <param name="WholeRow">False when the row yielded examples with other templates.</param>
internal readonly record struct RowOutcome(int Row, RowVerdict Verdict, int Column = -1, string? Template = null, bool WholeRow = true);
