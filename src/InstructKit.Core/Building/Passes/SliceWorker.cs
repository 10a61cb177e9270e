using InstructKit.Building.Plans;
using InstructKit.Examples;
using InstructKit.Formats.Training;
using InstructKit.Protocol;
using InstructKit.Screening;
using InstructKit.Templates;
using InstructKit.Templating.Settings;

namespace InstructKit.Building.Passes;

/// <summary>Processes chunks for one slice: rows are mapped, filtered and rendered. Workers of the slices of a split share the loaded row.</summary>
internal sealed class SliceWorker
{
    private readonly SliceJob _job;
    private readonly RowJudge _judge;
    private readonly CompiledTemplate[] _templates;
    private readonly ExampleRenderer _renderer;
    private readonly PhrasingDraw _phrasing;
    private readonly ExemplarWriter? _shots;
    private readonly ExampleFitter? _fitter;
    private readonly Func<string?> _again;
    private readonly string _split;
    private readonly HeldOutScreen? _screen;
    private readonly IRowFilter[] _filters;
    private SplitChunk _chunk = null!; // started before its first use
    private SliceResult _result = null!;
    private Query _fitted;
    private int _error;

    /// <summary>Creates a worker.</summary>
    /// <param name="context">Shared by all passes of a build.</param>
    /// <param name="split">The source split's name.</param>
    /// <param name="judge">Loads the rows.</param>
    public SliceWorker(CompiledTask task, SliceJob job, BuildContext context, string split, RowJudge judge)
    {
        _job = job;
        _judge = judge;
        _split = split;
        _templates = [.. task.Templates];
        _renderer = new ExampleRenderer(judge.Evaluator, job.IsEscaped, job.NeedsAnswers) { CarriedColumns = job.CarriedColumns, Rules = context.Plan.Conversation };
        _phrasing = new PhrasingDraw(judge.Keys, job.Asking.Options);
        _shots = job.Shots is { } source ? new ExemplarWriter(source, task, job.Templates, judge.Keys, context, job.IsEscaped) : null;
        _fitter = job.View is { } view ? new ExampleFitter(new ExampleMeter(view.Meter), job.Rules) : null;
        _again = () => Prompted(_fitted, out _);
        _screen = context.Leaks is { } leaks && job.IsScreened ? new HeldOutScreen(leaks.Keys, context.Plan.OnLeak != LeakPolicy.Report) : null;
        _filters = _screen is null ? [] : [_screen];
    }

    /// <summary>True when the rows' templates depend on their positions among the kept rows.</summary>
    public bool IsRoundRobin => _job.Assign == TemplateAssignment.RoundRobin;

    /// <summary>Starts a chunk.</summary>
    /// <param name="result">The slice's result in it.</param>
    public void Begin(SplitChunk chunk, SliceResult result)
    {
        (_chunk, _result) = (chunk, result);
        result.Reset();
        result.Range = _job.Order.IsSource ? ((int)Math.Clamp(_job.Range.From - chunk.First, 0, chunk.Batch.Count), (int)Math.Clamp(_job.Range.To - chunk.First, 0, chunk.Batch.Count)) : (0, chunk.Batch.Count);
    }

    /// <summary>Number of the chunk's rows that are kept, for round robin.</summary>
    public int CountKept()
    {
        var kept = 0;
        _error = 0;
        for (var row = _result.Range.From; row < _result.Range.To; row++)
        {
            if (_job.Window.Takes(_chunk.PositionOf(row)) && Judge(row).Verdict.IsKept) kept++;
        }

        return kept;
    }

    /// <summary>Counts the chunk's kept rows, in chunk order; returns the number before it.</summary>
    public long Take(int kept)
    {
        var before = _job.Positions;
        _job.Positions += kept;
        return before;
    }

    /// <summary>Renders the chunk's rows.</summary>
    /// <param name="position">For round robin: number of kept rows before the chunk.</param>
    public void Render(long position = 0)
    {
        _error = 0;
        for (var row = _result.Range.From; row < _result.Range.To; row++)
        {
            var place = _chunk.PositionOf(row);
            if (_job.Window.Tries(place)) _result.Tried.Add((place, Judge(row).Verdict.IsKept && IsUsable(row)));
            if (!_job.Window.Takes(place)) continue;

            _result.Taken++;
            var outcome = Judge(row);
            if (_screen?.TakeFound() is >= 0 and var heldOut) _result.Leaks.Add((row, heldOut));

            if (!outcome.Verdict.IsKept) _result.Lost.Add(outcome);
            else if (IsRoundRobin) RenderOne(row, _job.Templates[(int)((position++ + _job.Round) % _job.Templates.Length)], _job.Round);
            else RenderRounds(row);
        }
    }

    private void RenderRounds(int row)
    {
        for (var round = _job.Round; round < _job.Round + _job.Rounds; round++)
        {
            if (_job.Assign == TemplateAssignment.One) RenderOne(row, TemplateOf(row, round), round);
            else RenderAll(row, round);
        }
    }

    private int TemplateOf(int row, long round) =>
        _job.Inversion is { } inversion ? inversion.Choose(_judge.Keys, _chunk.First + row, round) : _job.Templates[_judge.Keys.Template.Choose(_chunk.First + row, _job.Templates.Length, round)];

    private RowOutcome Judge(int row)
    {
        _screen?.TakeFound();
        return _judge.Judge(_chunk.Batch, row, _chunk.First + row, _chunk.PositionOf(row), _job.Preceding, ref _error, _filters);
    }

    // Whether the row judged last yields an example. In round robin its template is not known yet; nearly all rows fit all templates.
    private bool IsUsable(int row) => _job.Assign switch
    {
        TemplateAssignment.One => IsExample(row, TemplateOf(row, _job.Round)),
        TemplateAssignment.All => Array.Exists(_job.Templates, template => IsExample(row, template)),
        _ => true,
    };

    private bool IsExample(int row, int template)
    {
        var query = new Query(row, template, _job.Round, 0);
        try
        {
            return Prompted(query, out _) is null && (_fitter is null || Fit(query, out _).IsKept);
        }
        catch (TemplateException)
        {
            return false;
        }
    }

    private void RenderAll(int row, long round)
    {
        var (records, lost, templates) = (_result.Count, _result.Lost.Count, _job.Templates);
        // If options are permuted, each row is asked once for every position of its correct option.
        var (first, last) = !_job.Asking.HasOrders ? (0, 0) : (1, _judge.Evaluator.Options.IsUndefined ? 0 : _judge.Evaluator.Options.Count);
        for (var i = 0; i < templates.Length; i++)
        {
            for (var place = first; place <= last; place++) Render(new Query(row, templates[i], round, (round * templates.Length) + i, place));
        }

        if (_result.Count > records)
        {
            _result.Select(row);
        }
        else if (_result.Lost.Count > lost)
        {
            // No template yielded an example: that counts as one dropped row.
            var why = _result.Lost[lost];
            _result.Lost.RemoveRange(lost, _result.Lost.Count - lost);
            _result.Lost.Add(why with { WholeRow = true });
        }
    }

    private void RenderOne(int row, int template, long round)
    {
        if (Render(new Query(row, template, round, round))) _result.Select(row);
    }

    private bool Render(in Query query)
    {
        RowVerdict verdict;
        try
        {
            LengthNote length = default;
            ShotNote? shots = null;
            var dropped = _shots is null && query.GoldPlace == 0 ? RenderQuery(query) : Prompted(query, out shots);
            verdict = dropped is not null ? RowVerdict.Drop(dropped) : _fitter is null ? RowVerdict.Keep : Fit(query, out length);
            if (verdict.IsKept)
            {
                verdict = Add(query, query.Number, length);
                if (verdict.IsKept && shots is { } note) _result.Shots.Add(note);
                if (_renderer.HasMore) return AddMore(query, verdict);

                if (verdict.IsKept) return true;
            }
        }
        catch (TemplateException exception)
        {
            verdict = RowJudge.Failed(_templates[query.Template].Definition, exception);
        }

        _result.Lost.Add(new RowOutcome(query.Row, verdict, Template: _templates[query.Template].Definition.Id, WholeRow: _job.Assign != TemplateAssignment.All));
        return false;
    }

    // Encodes the example rendered last.
    private RowVerdict Add(in Query query, long number, LengthNote length)
    {
        var ordinal = _chunk.First + query.Row;
        var verdict = _result.Add(_renderer.Take(_job.Origins[query.Template], ordinal), _judge.Keys.Shuffle[ordinal, number]);
        if (verdict.IsKept && _fitter is not null) _result.Lengths.Add(length);
        return verdict;
    }

    // An unrolled conversation yields an example for each question. The row is lost when none of them is kept.
    private bool AddMore(in Query query, RowVerdict first)
    {
        var isKept = first.IsKept;
        List<RowVerdict> lost = isKept ? [] : [first];
        while (_renderer.HasMore)
        {
            RowVerdict verdict;
            LengthNote length = default;
            try
            {
                verdict = _renderer.RenderNext() is { } reason ? RowVerdict.Drop(reason) : _fitter?.Fit(_renderer, _job.Origins[query.Template], _chunk.First + query.Row, () => null, out length) ?? RowVerdict.Keep;
                if (verdict.IsKept) verdict = Add(query, query.Number + ((long)_renderer.Piece << 40), length);
            }
            catch (TemplateException exception)
            {
                verdict = RowJudge.Failed(_templates[query.Template].Definition, exception);
            }

            isKept |= verdict.IsKept;
            if (!verdict.IsKept) lost.Add(verdict);
        }

        // One outcome for the row, or one for each question besides those that yielded examples.
        foreach (var verdict in isKept ? lost : lost[..1])
            _result.Lost.Add(new RowOutcome(query.Row, verdict, Template: _templates[query.Template].Definition.Id, WholeRow: !isKept && _job.Assign != TemplateAssignment.All));
        return isKept;
    }

    // The example of a template with its exemplars; a drop reason if there is none.
    private string? Prompted(in Query query, out ShotNote? note)
    {
        note = null;
        var ordinal = _chunk.First + query.Row;
        _shots?.Begin(_judge.Evaluator, ordinal);
        if (RenderQuery(query) is { } dropped) return dropped;

        note = _shots?.Prompt(_renderer, query.Template, ordinal, query.Round, _split);
        return note is { Wanted: > 0, Kept: 0 } && _job.Shots!.Plan.DropsEmpty ? DropReasons.NoExemplar : null; // there are shots
    }

    private string? RenderQuery(in Query query)
    {
        var template = _templates[query.Template];
        var phrasing = _phrasing.Of(template, _chunk.First + query.Row, query.Round);
        return _renderer.Render(template, query.GoldPlace > 0 ? phrasing with { GoldPlace = query.GoldPlace } : phrasing);
    }

    // Measures the example rendered last; only called for slices that measure.
    private RowVerdict Fit(in Query query, out LengthNote length)
    {
        _fitted = query;
        return _fitter!.Fit(_renderer, _job.Origins[query.Template], _chunk.First + query.Row, _again, out length);
    }

    /// <summary>A row to be rendered with a template.</summary>
    /// <param name="Row">Index of the row in its batch.</param>
    /// <param name="Template">Index of the template in the task.</param>
    /// <param name="Round">Number of earlier uses of the row.</param>
    /// <param name="Number">Index of the example among those of its row, for the shuffle.</param>
    /// <param name="GoldPlace">Position of the correct option, from 1; 0 where options keep their order.</param>
    private readonly record struct Query(int Row, int Template, long Round, long Number, int GoldPlace = 0);
}
