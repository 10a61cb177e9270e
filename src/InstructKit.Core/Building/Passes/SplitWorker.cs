using InstructKit.Building.Plans;
using InstructKit.Examples;
using InstructKit.Formats.Training;
using InstructKit.Pipeline;
using InstructKit.Protocol;
using InstructKit.Screening;
using InstructKit.Templates;
using InstructKit.Templating.Settings;

namespace InstructKit.Building.Passes;

/// <summary>What one worker makes of chunks: every row is mapped, filtered and rendered for every slice that wants it.</summary>
internal sealed class SplitWorker
{
    private readonly SliceJob[] _jobs;
    private readonly TicketGate _positions;
    private readonly RowJudge _judge;
    private readonly ExampleRenderer[] _renderers;
    private readonly CompiledTemplate[] _templates;
    private readonly PhrasingDraw[] _phrasing;
    private readonly ExemplarWriter?[] _shots;
    private readonly ExampleFitter?[] _fitters;
    private (int Index, int Template, long Ordinal, long Round, int GoldPlace) _fitted;
    private Func<string?>? _again;
    private readonly string _split;
    private readonly bool _roundRobin;
    private readonly HeldOutScreen? _screen;
    private readonly IRowFilter[] _screening;

    /// <summary>Makes a worker.</summary>
    /// <param name="jobs">Slices of the source split.</param>
    /// <param name="context">What all passes of a build share.</param>
    /// <param name="split">The source split's name.</param>
    /// <param name="positions">Orders the counting of kept rows, for round robin.</param>
    public SplitWorker(CompiledTask task, IReadOnlyList<SliceJob> jobs, BuildContext context, string split, TicketGate positions)
    {
        _jobs = [.. jobs];
        _positions = positions;
        _templates = [.. task.Templates];
        _judge = new RowJudge(task, new RowKeys(context.Plan.Seed, task.Task.Key, split), context.Limits, context.Cancel);
        _renderers = [.. jobs.Select(job => new ExampleRenderer(_judge.Evaluator, job.IsEscaped, job.NeedsAnswers) { CarriedColumns = job.CarriedColumns, Rules = context.Plan.Conversation })];
        _phrasing = [.. jobs.Select(job => new PhrasingDraw(_judge.Keys, job.Asking.Options))];
        _split = split;
        _shots = [.. jobs.Select((job, i) => job.Shots is { } source ? new ExemplarWriter(source, task, job.Templates, _judge.Keys, context, job.IsEscaped) : null)];
        _fitters = [.. jobs.Select(job => job.View is { } view ? new ExampleFitter(new ExampleMeter(view.Meter), job.Rules) : null)];
        _screen = context.Leaks is { } leaks && jobs.Any(job => job.IsScreened) ? new HeldOutScreen(leaks.Keys, context.Plan.OnLeak != LeakPolicy.Report) : null;
        _screening = _screen is null ? [] : [_screen];
        _roundRobin = jobs.Any(job => job.Assign == TemplateAssignment.RoundRobin);
    }

    /// <summary>Fills the results of a chunk. False when the pass was given up meanwhile.</summary>
    public bool Render(SplitChunk chunk)
    {
        var (batch, first, results) = (chunk.Batch, chunk.First, chunk.Results);
        chunk.FindPositions(_judge.Evaluator);
        for (var i = 0; i < results.Length; i++)
        {
            results[i].Reset();
            var range = _jobs[i].Range;
            results[i].Range = _jobs[i].Order.IsSource ? ((int)Math.Clamp(range.From - first, 0, batch.Count), (int)Math.Clamp(range.To - first, 0, batch.Count)) : (0, batch.Count);
            if (_jobs[i].Assign != TemplateAssignment.RoundRobin) Render(chunk, i, 0, null);
        }

        if (!_roundRobin) return true;

        // Round robin goes by the position among the kept rows: find the kept rows, wait for the count before them, then render.
        var kept = new List<int>?[results.Length];
        for (var i = 0; i < results.Length; i++) kept[i] = _jobs[i].Assign == TemplateAssignment.RoundRobin ? KeptRows(chunk, _jobs[i], results[i]) : null;

        if (!_positions.Enter(chunk.Ticket)) return false;

        var before = new long[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            before[i] = _jobs[i].Positions;
            _jobs[i].Positions += kept[i]?.Count ?? 0;
        }

        _positions.Leave();
        for (var i = 0; i < results.Length; i++)
        {
            if (kept[i] is { } rows) Render(chunk, i, before[i], rows);
        }

        return true;
    }

    private List<int> KeptRows(SplitChunk chunk, SliceJob job, SliceResult result)
    {
        List<int> rows = [];
        var error = 0;
        for (var row = result.Range.From; row < result.Range.To; row++)
        {
            if (job.Window.Takes(chunk.PositionOf(row)) && Judge(job, chunk, row, ref error).Verdict.IsKept) rows.Add(row);
        }

        return rows;
    }

    private void Render(SplitChunk chunk, int index, long position, List<int>? kept)
    {
        var (job, result) = (_jobs[index], chunk.Results[index]);
        var error = 0;
        var next = 0;
        for (var row = result.Range.From; row < result.Range.To; row++)
        {
            var ordinal = chunk.First + row;
            var place = chunk.PositionOf(row);
            if (job.Window.Tries(place)) result.Tried.Add((place, Judge(job, chunk, row, ref error).Verdict.IsKept && IsUsable(index, ordinal)));
            if (!job.Window.Takes(place)) continue;

            result.Taken++;
            var outcome = Judge(job, chunk, row, ref error);
            if (_screen?.TakeFound() is >= 0 and var heldOut) result.Leaks.Add((row, heldOut));

            if (!outcome.Verdict.IsKept) result.Lost.Add(outcome);
            else if (kept is not null) RenderOne(index, result, row, ordinal, job.Templates[(int)((position + next++ + job.Round) % job.Templates.Length)], job.Round);
            else RenderRounds(index, result, row, ordinal);
        }
    }

    private void RenderRounds(int index, SliceResult result, int row, long ordinal)
    {
        var job = _jobs[index];
        for (var round = job.Round; round < job.Round + job.Rounds; round++)
        {
            if (job.Assign == TemplateAssignment.One) RenderOne(index, result, row, ordinal, TemplateOf(job, ordinal, round), round);
            else RenderAll(index, result, row, ordinal, round);
        }
    }

    private int TemplateOf(SliceJob job, long ordinal, long round) =>
        job.Inversion is { } inversion ? inversion.Choose(_judge.Keys, ordinal, round) : job.Templates[_judge.Keys.Template.Choose(ordinal, job.Templates.Length, round)];

    private RowOutcome Judge(SliceJob job, SplitChunk chunk, int row, ref int error)
    {
        _screen?.TakeFound();
        return _judge.Judge(chunk.Batch, row, chunk.First + row, chunk.PositionOf(row), job.Preceding, ref error, job.IsScreened ? _screening : []);
    }

    // Whether the row that was judged last becomes an example. In round robin its template is not known yet; nearly all rows fit all templates.
    private bool IsUsable(int index, long ordinal)
    {
        var job = _jobs[index];
        return job.Assign switch
        {
            TemplateAssignment.One => IsExample(index, ordinal, TemplateOf(job, ordinal, job.Round)),
            TemplateAssignment.All => Array.Exists(job.Templates, template => IsExample(index, ordinal, template)),
            _ => true,
        };
    }

    private bool IsExample(int index, long ordinal, int template)
    {
        try
        {
            return Prompted(index, template, ordinal, _jobs[index].Round, out _) is null && (_fitters[index] is null || Fit(index, template, ordinal, _jobs[index].Round, out _).IsKept);
        }
        catch (TemplateException)
        {
            return false;
        }
    }

    private void RenderAll(int index, SliceResult result, int row, long ordinal, long round)
    {
        var records = result.Count;
        var lost = result.Lost.Count;
        var templates = _jobs[index].Templates;
        // Where options are put into other orders, each row is asked once for every place of its right one.
        var places = _jobs[index].Asking.HasOrders ? _judge.Evaluator.Options.IsUndefined ? 0 : _judge.Evaluator.Options.Count : 1;
        for (var i = 0; i < templates.Length; i++)
        {
            for (var place = 1; place <= places; place++) Render(index, result, row, ordinal, templates[i], round, (round * templates.Length) + i, _jobs[index].Asking.HasOrders ? place : 0);
        }

        if (result.Count > records)
        {
            result.Select(row);
        }
        else if (result.Lost.Count > lost)
        {
            // No template made anything of the row: that is one dropped row.
            var why = result.Lost[lost];
            result.Lost.RemoveRange(lost, result.Lost.Count - lost);
            result.Lost.Add(why with { WholeRow = true });
        }
    }

    private void RenderOne(int index, SliceResult result, int row, long ordinal, int template, long round)
    {
        if (Render(index, result, row, ordinal, template, round, round)) result.Select(row);
    }

    private bool Render(int index, SliceResult result, int row, long ordinal, int template, long round, long n, int goldPlace = 0)
    {
        var job = _jobs[index];
        RowVerdict verdict;
        try
        {
            LengthNote length = default;
            ShotNote? shots = null;
            var dropped = _shots[index] is null && goldPlace == 0
                ? _renderers[index].Render(_templates[template], _phrasing[index].Of(_templates[template], ordinal, round))
                : Prompted(index, template, ordinal, round, out shots, goldPlace);
            verdict = dropped is not null ? RowVerdict.Drop(dropped) : _fitters[index] is null ? RowVerdict.Keep : Fit(index, template, ordinal, round, out length, goldPlace);
            if (verdict.IsKept)
            {
                verdict = result.Add(_renderers[index].Take(job.Origins[template], ordinal), _judge.Keys.Shuffle[ordinal, n]);
                if (verdict.IsKept)
                {
                    if (shots is { } note) result.Shots.Add(note);
                    if (_fitters[index] is not null) result.Lengths.Add(length);
                }

                if (_renderers[index].HasMore) return AddMore(index, result, row, template, ordinal, n, verdict);

                if (verdict.IsKept) return true;
            }
        }
        catch (TemplateException exception)
        {
            verdict = RowJudge.Failed(_templates[template].Definition, exception);
        }

        result.Lost.Add(new RowOutcome(row, verdict, Template: _templates[template].Definition.Id, WholeRow: job.Assign != TemplateAssignment.All));
        return false;
    }

    // A conversation that is unrolled makes an example of each question. The row is lost when none of them is kept.
    private bool AddMore(int index, SliceResult result, int row, int template, long ordinal, long n, RowVerdict first)
    {
        var (renderer, origin, isKept) = (_renderers[index], _jobs[index].Origins[template], first.IsKept);
        List<RowVerdict> lost = first.IsKept ? [] : [first];
        while (renderer.HasMore)
        {
            RowVerdict verdict;
            LengthNote length = default;
            try
            {
                verdict = renderer.RenderNext() is { } reason ? RowVerdict.Drop(reason) : _fitters[index]?.Fit(renderer, origin, ordinal, () => null, out length) ?? RowVerdict.Keep;
                if (verdict.IsKept) verdict = result.Add(renderer.Take(origin, ordinal), _judge.Keys.Shuffle[ordinal, n + ((long)renderer.Piece << 40)]);
                if (verdict.IsKept && _fitters[index] is not null) result.Lengths.Add(length);
            }
            catch (TemplateException exception)
            {
                verdict = RowJudge.Failed(_templates[template].Definition, exception);
            }

            isKept |= verdict.IsKept;
            if (!verdict.IsKept) lost.Add(verdict);
        }

        // One outcome for the row, or one for each question beside those that became examples.
        foreach (var verdict in isKept ? lost : lost[..1]) result.Lost.Add(new RowOutcome(row, verdict, Template: origin.Template.Plain.ToString(), WholeRow: !isKept && _jobs[index].Assign != TemplateAssignment.All));
        return isKept;
    }

    // The example of a template with its exemplars; a drop reason when it is none.
    private string? Prompted(int index, int template, long ordinal, long round, out ShotNote? shots, int goldPlace = 0)
    {
        shots = null;
        _shots[index]?.Begin(_judge.Evaluator, ordinal);
        var phrasing = _phrasing[index].Of(_templates[template], ordinal, round);
        if (goldPlace > 0) phrasing = phrasing with { GoldPlace = goldPlace };
        return _renderers[index].Render(_templates[template], phrasing) ?? Prompt(index, template, ordinal, round, out shots);
    }

    // Measures the example that was rendered last; asked only of slices that measure.
    private RowVerdict Fit(int index, int template, long ordinal, long round, out LengthNote length, int goldPlace = 0)
    {
        _fitted = (index, template, ordinal, round, goldPlace);
        _again ??= () => Prompted(_fitted.Index, _fitted.Template, _fitted.Ordinal, _fitted.Round, out _, _fitted.GoldPlace);
        return _fitters[index]!.Fit(_renderers[index], _jobs[index].Origins[template], ordinal, _again, out length);
    }

    // Exemplars before the query that was rendered last; a drop reason when it must have some and has none.
    private string? Prompt(int index, int template, long ordinal, long round, out ShotNote? note)
    {
        note = _shots[index]?.Prompt(_renderers[index], template, ordinal, round, _split);
        return note is { Wanted: > 0, Kept: 0 } && _jobs[index].Shots!.Plan.DropsEmpty ? DropReasons.NoExemplar : null; // there are shots
    }
}
