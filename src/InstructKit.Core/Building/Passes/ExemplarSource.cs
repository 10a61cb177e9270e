using InstructKit.Examples;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Tasks;
using InstructKit.Templates;
using InstructKit.Templating.Settings;

namespace InstructKit.Building.Passes;

/// <summary>Outcome of the exemplars of one example; all counts of a slice are sums of these.</summary>
/// <param name="Kept">Exemplars in the prompt.</param>
/// <param name="Wanted">Requested number of exemplars; 0 for an example sampled to have none.</param>
/// <param name="Pruned">Exemplars removed because of the budget.</param>
/// <param name="HasPool">False when the task has no training rows here.</param>
internal readonly record struct ShotNote(int Kept, int Wanted, int Pruned, bool HasPool);

/// <summary>Counts of a slice's exemplars.</summary>
public sealed class ShotCounts
{
    /// <summary>Examples with at least one exemplar.</summary>
    public long FewShot { get; set; }

    /// <summary>Exemplars in all prompts.</summary>
    public long Exemplars { get; set; }

    /// <summary>Exemplars removed from prompts because of the budget.</summary>
    public long Pruned { get; set; }

    /// <summary>Examples from which at least one exemplar was removed.</summary>
    public long PrunedExamples { get; set; }

    /// <summary>Examples with fewer exemplars than requested because there were no more usable training rows.</summary>
    public long Short { get; set; }

    /// <summary>Examples that should have exemplars but have none, for any reason.</summary>
    public long Emptied { get; set; }

    /// <summary>Examples that should have exemplars but whose task has no training rows here.</summary>
    public long WithoutRows { get; set; }

    /// <summary>Counts one example.</summary>
    /// <param name="note">Outcome of its exemplars.</param>
    /// <param name="sign">1, or -1 to undo it.</param>
    internal void Add(ShotNote note, int sign = 1)
    {
        FewShot += note.Kept > 0 ? sign : 0;
        Exemplars += note.Kept * sign;
        Pruned += note.Pruned * sign;
        PrunedExamples += note.Pruned > 0 ? sign : 0;
        Short += note.HasPool && note.Kept + note.Pruned < note.Wanted ? sign : 0;
        Emptied += note.Wanted > 0 && note.Kept == 0 ? sign : 0;
        WithoutRows += note.Wanted > 0 && !note.HasPool ? sign : 0;
    }
}

/// <summary>Where the exemplars of a slice come from; shared by all workers.</summary>
/// <param name="Plan">How they are sampled and assembled.</param>
/// <param name="Pool">The rows; null when the task has no training rows here.</param>
/// <param name="Origins">Origin of the exemplars under each template, by index in the task.</param>
/// <param name="Tokenizer">Tokenizer for the budget; null to count words.</param>
/// <param name="Options">How they show their options.</param>
internal sealed record ExemplarSource(FewShot Plan, ExemplarPool? Pool, ExampleOrigin[] Origins, ITokenizer? Tokenizer, OptionsDisplay Options);

/// <summary>Prepends exemplars to the examples of a slice. One per worker and slice.</summary>
/// <param name="source">Where they come from.</param>
/// <param name="templates">Templates in use, by index in the task.</param>
/// <param name="keys">Keys of the random choices of the query's source split.</param>
/// <param name="context">Shared by all passes of a build.</param>
/// <param name="isEscaped">True for JSON-escaped texts.</param>
internal sealed class ExemplarWriter(ExemplarSource source, CompiledTask task, int[] templates, RowKeys keys, BuildContext context, bool isEscaped)
{
    // A template that prints nothing of the row only yields equal inputs; this avoids trying all rows.
    private const int MaxRefused = 64;

    // Row numbers have fewer bits; the bits above them count earlier uses of the row.
    private const int RowBits = 40;

    private readonly CompiledTemplate[] _templates = [.. task.Templates];
    private readonly RowKeys _poolKeys = new(context.Plan.Seed, task.Task.Key, source.Pool?.Split ?? string.Empty);
    private readonly PhrasingDraw _phrasing = new(new RowKeys(context.Plan.Seed, task.Task.Key, source.Pool?.Split ?? string.Empty), source.Options);
    private readonly ExemplarCandidates _candidates = new();
    private readonly ExemplarBuffer _buffer = new(isEscaped);
    private readonly HashSet<UInt128> _used = [];
    private readonly InputKeys _inputs = new(task);
    private readonly ITokenizer? _tokenizer = source.Tokenizer?.Fork();
    private readonly RowEvaluator _evaluator = new(task, context.Limits) { Cancellation = context.Cancel };
    private ExampleRenderer? _renderer;
    private byte[] _joined = [];
    private long _row = -1;
    private UInt128 _key;

    /// <summary>Prepares for the loaded row, before any of its templates is rendered.</summary>
    /// <param name="ordinal">Its number in the source split.</param>
    public void Begin(RowEvaluator row, long ordinal)
    {
        if (_row == ordinal || source.Pool is null) return;

        (_row, _key) = (ordinal, _inputs.Of(row));
    }

    /// <summary>Prepends exemplars to the query rendered last.</summary>
    /// <param name="template">Its template, by index in the task.</param>
    /// <param name="ordinal">Number of its row in the source split.</param>
    /// <param name="round">Number of earlier uses of the row: exemplars are sampled again for each use.</param>
    /// <param name="split">The source split.</param>
    public ShotNote Prompt(ExampleRenderer query, int template, long ordinal, long round, string split)
    {
        var plan = source.Plan;
        _buffer.Truncate(0);
        var wanted = plan.Exemplars > 0 && keys.Shots.Choose(ordinal, 100, 2 * round) < plan.Share ? plan.UpTo ? 1 + keys.Shots.Choose(ordinal, plan.Exemplars, (2 * round) + 1) : plan.Exemplars : 0;
        if (wanted > 0 && source.Pool is { } pool) Fill(pool, query, template, ordinal, round, split == pool.Split, wanted);
        var separators = SeparatorsOf(template);
        var pruned = _buffer.Count > 0 && plan.Budget is { } budget ? Prune(query.Query, separators.Between, budget) : 0;
        query.Prompt(_buffer, separators);
        return new ShotNote(_buffer.Count, wanted, pruned, source.Pool is not null);
    }

    private ExemplarSeparators SeparatorsOf(int template) => source.Plan.Style switch
    {
        ExemplarStyle.Flan => ExemplarSeparators.Flan,
        ExemplarStyle.Template => _templates[template].Definition.Separators ?? ExemplarSeparators.Plain,
        _ => ExemplarSeparators.Plain,
    };

    private void Fill(ExemplarPool pool, ExampleRenderer query, int template, long ordinal, long round, bool isSameSplit, int wanted)
    {
        var renderer = _renderer ??= new ExampleRenderer(_evaluator, isEscaped, scored: false);
        var plan = source.Plan;
        _used.Clear();
        _used.Add(_key);
        if (plan.Draw == ExemplarDraw.Fixed)
        {
            round = 0;
            _candidates.Begin(pool, plan.Draw, _poolKeys.Exemplars, -1);
        }
        else
        {
            _candidates.Begin(pool, plan.Draw, keys.Exemplars, ordinal + (round << RowBits));
        }

        for (var refused = 0; _buffer.Count < wanted && refused < MaxRefused && _candidates.Next() is >= 0 and var candidate;)
        {
            // Neither the row itself, nor an equal input, nor two equal exemplars.
            if ((isSameSplit && pool.Ordinal(candidate) == ordinal) || !_used.Add(pool.Key(candidate)))
            {
                _candidates.Refuse();
            }
            else if (!TryRender(pool, candidate, renderer, query, template, round))
            {
                refused++;
                _candidates.Refuse();
            }
        }
    }

    private bool TryRender(ExemplarPool pool, int candidate, ExampleRenderer renderer, ExampleRenderer query, int template, long round)
    {
        var row = pool.Ordinal(candidate);
        if (!_evaluator.Load(pool.Batch, candidate, _poolKeys.Random[row]).IsKept) return false;

        var own = source.Plan.OwnTemplates ? templates[_poolKeys.Template.Choose(row, templates.Length, round)] : template;
        bool? isHidden = query.Layout is { } layout ? layout.IsHidden : null;
        var phrasing = source.Plan.OwnTemplates ? _phrasing.Of(_templates[own], row, round, isHidden) : query.Phrasing with { GoldPlace = 0 };
        try
        {
            if (renderer.Render(_templates[own], phrasing) is not null || renderer.Input.Bytes.SequenceEqual(query.Query.Bytes)) return false;

            _buffer.Add(renderer.Take(source.Origins[own], row));
            return true;
        }
        catch (TemplateException)
        {
            // It is counted when the row itself is rendered with this template.
            return false;
        }
    }

    // FLAN: inputs and targets are summed in prompt order, including the text between them; prefixes and separators are not counted.
    private int Prune(ExampleText query, string between, long budget)
    {
        var left = budget - Count(query, string.Empty, default);
        var kept = 0;
        for (; kept < _buffer.Count; kept++)
        {
            var exemplar = _buffer[kept];
            left -= Count(exemplar.Input, between, exemplar.Target);
            if (left < 0) break;
        }

        var pruned = _buffer.Count - kept;
        if (pruned > 0) _buffer.Truncate(kept);
        return pruned;
    }

    private int Count(ExampleText input, string between, ExampleText target)
    {
        var size = input.Bytes.Length + target.Bytes.Length + (between.Length * 3);
        if (_joined.Length < size) _joined = new byte[Math.Max(size, _joined.Length * 2)];
        var length = input.CopyPlain(_joined);
        length += System.Text.Encoding.UTF8.GetBytes(between, _joined.AsSpan(length));
        length += target.CopyPlain(_joined.AsSpan(length));
        var text = _joined.AsSpan(0, length);
        return _tokenizer is null ? LengthStatistics.CountWords(text) : _tokenizer.Count(text);
    }
}
