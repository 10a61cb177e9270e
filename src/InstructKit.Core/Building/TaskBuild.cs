using InstructKit.Answers;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Passes;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Building.Slices;
using InstructKit.Examples;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;

namespace InstructKit.Building;

/// <summary>One task of a build: each of its splits is read once, for all its written slices.</summary>
/// <param name="task">The task with its data.</param>
/// <param name="program">Its compiled templates.</param>
/// <param name="sinks">The sinks: one for each output of each split.</param>
/// <param name="context">Shared by all tasks.</param>
internal sealed class TaskBuild(ResolvedTask task, CompiledTask program, Dictionary<string, IRecordSink[]> sinks, BuildContext context)
{
    private readonly ResolvedPlan _resolved = context.Resolved;
    private ExemplarPool? _pool;

    /// <summary>Reads, renders and writes the task's rows.</summary>
    /// <param name="observer">Receives progress, or null.</param>
    /// <exception cref="DiagnosticException">Bad input.</exception>
    public BuiltTask Run(IBuildObserver? observer)
    {
        List<BuiltSlice> slices = [];
        List<InputFiles> inputs = [];
        List<TreeLoss> trees = [];
        if (_resolved.HasExemplars && task.Task.Conversation is null) _pool = Reading(() => ExemplarPass.Fill(_resolved, task, program, context));

        foreach (var (split, parts) in task.Data.Splits)
        {
            var wanted = task.Outputs.Where(output => task.Data.Slices[output.Slice].Split == split).ToList();
            if (wanted.Count == 0) continue;

            // Taken before anything is hashed or read, so the hash in the manifest matches the rows.
            var stamps = new SourceStamps(parts);

            // Hashing the input costs as much as reading it, so both run in parallel.
            var measuring = context.IsSample ? null : System.Threading.Tasks.Task.Run(() => InputFiles.Measure(split, task.Data.Folder, parts));
            var isCapped = wanted.Exists(output => PlanCaps.Of(context.Plan, output.Split) is not null || (output.Split == OutputSplit.Train && context.Shares.ContainsKey(task.Task.Key)));
            var ranges = _resolved.Ranges.Of(task.Task, task.Data, split, isCapped);
            var jobs = wanted.Select(output => JobOf(split, output.Slice, output.Split, ranges)).ToList();
            var beside = wanted.SelectMany((output, i) => JobsBeside(jobs[i], split, output.Split).Select(job => (Main: jobs[i], Job: job))).ToList();
            observer?.Begin(task.Task.Key, split, null);
            Reading(() =>
            {
                SplitPass.Run(program, () => RowReaders.Open(task.Data.Layout.Source, parts, program.SourceColumns), [.. jobs, .. beside.Select(one => one.Job)], context, split, task.Data.Folder);
                return 0;
            });
            observer?.End(task.Task.Key, split);
            context.Evaluation?.Finish(jobs.Concat(beside.Select(one => one.Job)).Select(job => job.Evaluation).OfType<EvaluationJob>());
            slices.AddRange(jobs.Zip(wanted, (job, output) => new BuiltSlice(output.Slice, task.Data.Slices[output.Slice], output.Split, job.Counts)));
            trees.AddRange(beside.Select(one => TreeLoss.Of(one.Job.Evaluation!.Tree, one.Job.Counts, one.Main.Counts)).OfType<TreeLoss>()); // they are only for evaluation sets
            if (measuring is not null) inputs.Add(measuring.GetAwaiter().GetResult());
            stamps.RequireUnchanged();
        }

        return new BuiltTask(task, _resolved.TemplatesOf(task), [.. slices.OrderBy(slice => slice.Slice)], inputs) { Order = _resolved.Ranges.OrderOf(task.Task, task.Data.Layout), TreeLosses = trees };
    }

    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DiagnosticException exception) when (BrokenSource.IsOne(exception))
        {
            throw BrokenSource.Of(task.Task.Key, task.Data.Folder, exception);
        }
    }

    private SliceJob JobOf(string split, SliceKind slice, string output, SplitSlices ranges)
    {
        var plan = context.Plan;
        var isScored = OutputSplit.IsScored(output);
        var asking = _resolved.AskingOf(task, isScored);
        var share = output == OutputSplit.Train ? context.Shares.GetValueOrDefault(task.Task.Key) : null;
        // Scored rows use direct templates.
        int[] templates = [.. Enumerable.Range(0, _resolved.TemplatesOf(task).Count).Where(template => !isScored || IsDirect(template))];
        IEnumerable<IRecordSink> into = sinks[output];
        if (output == OutputSplit.Train && context.Lanes is { } lanes) into = into.Select(sink => ((ArrangedSink)sink).Lane(lanes.IndexOf(task.Task.Key)));

        return new SliceJob
        {
            Asking = asking,
            IsEscaped = _resolved.Outputs[0].Container.PrefersEscaped,
            Shots = ShotsOf(asking, split),
            Range = ranges.Of(slice),
            Order = ranges.Order,
            Preceding = ranges.Before(slice),
            Cap = PlanCaps.Of(plan, output) ?? long.MaxValue,
            Wanted = share?.Total ?? long.MaxValue,
            MaxRepeats = share?.MaxRepeats ?? 1,
            Templates = templates,
            Inversion = isScored || plan.InvertedRate is not { } rate ? null : InversionDraw.Of(templates, IsDirect, rate),
            Origins = OriginsOf(split),
            // Every direct template for scored rows; dev rows of training tasks are treated like training rows, with one template each.
            Assign = isScored ? TemplateAssignment.All : task.Task.Conversation is null ? plan.Assign : TemplateAssignment.One,
            Outputs = [.. _resolved.Outputs.Zip(into, (shape, sink) => new SliceOutput(shape.LayoutOf(output), shape.RecordsOf(output), sink, shape.Format.Name) { Refused = plan.LineBreaks == LineBreaks.Drop ? ExampleLoss.LineBreaks : ExampleLoss.None })],
            View = context.View,
            Rules = TrainerView.RulesOf(plan, task.Task, isScored),
            CarriedColumns = BuildOutput.CarriedColumns(plan, task.Task),
            Evaluation = isScored ? context.Evaluation?.Open(task, program, output, asking) : null,
            IsScreened = output is OutputSplit.Train or OutputSplit.Validation,
            Counts = CountsOf(asking),
        };
    }

    // The same rows in other variants, only for evaluation sets.
    private IEnumerable<SliceJob> JobsBeside(SliceJob job, string split, string output)
    {
        if (job.Evaluation is null) yield break;

        HashSet<string> asked = new(StringComparer.Ordinal) { job.Asking.Variant };
        foreach (var way in context.Plan.EvalAlso)
        {
            var asking = job.Asking.In(way);
            int[] templates = way == EvaluationWay.Baseline
                ? [.. Enumerable.Range(0, program.Templates.Count).Where(template => task.Task.Baseline.Contains(program.Templates[template].Definition))]
                : [.. job.Templates.Where(template => IsAskedIn(way, program.Templates[template]))];
            if (!asking.HasOrders && asked.Contains(asking.Variant)) continue;
            if (templates.Length == 0 || (way.Exemplars > 0 && _pool is null))
            {
                context.NoteNotAsked(task.Task.Key, way);
                continue;
            }

            asked.Add(asking.Variant);
            yield return new SliceJob
            {
                Asking = asking,
                IsEscaped = job.IsEscaped,
                Shots = ShotsOf(asking, split),
                Range = job.Range,
                Order = job.Order,
                Preceding = job.Preceding,
                Cap = job.Cap,
                Templates = templates,
                Origins = job.Origins,
                Assign = TemplateAssignment.All,
                Outputs = [],
                Evaluation = context.Evaluation!.Open(task, program, output, asking), // the plan's own variant has sets
                View = job.View,
                Rules = job.Rules,
                Counts = CountsOf(asking),
            };
        }
    }

    private static bool IsAskedIn(EvaluationWay way, CompiledTemplate template) =>
        way == EvaluationWay.OptionOrders ? template.CanReorder : way != EvaluationWay.NoOptions || template.ShowsOptions;

    private bool IsDirect(int template) => program.Templates[template].Definition.Kind == TemplateKind.Direct;

    private ExemplarSource? ShotsOf(Asking asking, string split) =>
        task.Task.Conversation is null && asking.FewShot.IsUsed ? new ExemplarSource(asking.FewShot, _pool, OriginsOf(_pool?.Split ?? split), context.Tokenizer, asking.Options) : null;

    private SliceCounts CountsOf(Asking asking) => new()
    {
        Templates = new long[program.Templates.Count],
        Shots = task.Task.Conversation is null && asking.FewShot.IsUsed ? new ShotCounts() : null,
        Lengths = context.View is null ? null : new LengthTally(),
    };

    private ExampleOrigin[] OriginsOf(string split) => [.. program.Templates.Select((template, i) => OriginOf(template, i, split))];

    private ExampleOrigin OriginOf(CompiledTemplate template, int index, string split)
    {
        var contract = AnswerContract.Of(task.Task, template.Definition);
        return new ExampleOrigin(index, task.Task.Key, task.Cluster, template.Definition.Id, template.Definition.KindText, split)
        {
            OffersOptions = template.OffersOptions,
            IsOwn = task.IsOwn,
            Metrics = [.. task.Task.Metrics.Select(metric => new SharedText(metric))],
            AnswerFormat = new SharedText(contract.Format.ToString().ToLowerInvariant()),
            AnswerPattern = new SharedText(contract.Pattern ?? string.Empty),
            AnswerMatch = new SharedText(contract.Match.ToString().ToLowerInvariant()),
        };
    }
}
