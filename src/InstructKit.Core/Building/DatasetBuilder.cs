using System.Security.Cryptography;
using InstructKit.Answers;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Passes;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Building.Slices;
using InstructKit.Diagnostics;
using InstructKit.Examples;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Sources.Files;
using InstructKit.Sources.Formats;
using InstructKit.Tasks;
using InstructKit.Templates;

namespace InstructKit.Building;

/// <summary>Does the main job: source → row → task → template → protocol → sink.</summary>
public static class DatasetBuilder
{
    /// <summary>Runs a resolved plan and writes the output folder. Nothing has its final name before all of it is on the disk.</summary>
    /// <param name="resolved">The plan and who takes part.</param>
    /// <param name="observer">Told how it goes on, or null.</param>
    /// <param name="cancel">Ends the build; what was written is removed.</param>
    /// <exception cref="DiagnosticException">Bad input (IK2101 and on, IK3xxx), or an output folder or disk that cannot be used (IK400x).</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static BuildReport Run(ResolvedPlan resolved, IBuildObserver? observer, CancellationToken cancel) => Run(resolved, observer, writes: true, cancel);

    /// <summary>What a build would come to: rows are read, filtered and rendered as by <see cref="Run(ResolvedPlan, IBuildObserver?, CancellationToken)"/>, and no dataset is written.</summary>
    /// <param name="resolved">The plan and who takes part.</param>
    /// <param name="observer">Told how it goes on, or null.</param>
    /// <param name="cancel">Ends the counting.</param>
    /// <exception cref="DiagnosticException">The build would end with it.</exception>
    internal static BuildReport Count(ResolvedPlan resolved, IBuildObserver? observer, CancellationToken cancel)
    {
        // For the reject file and what leak checks spill.
        var folder = Directory.CreateTempSubdirectory("instructkit-").FullName;
        try
        {
            var plan = resolved.Plan with { Out = Path.Combine(folder, "out"), Eval = false, TrainingOrder = TrainingOrder.Source };
            return Run(resolved with { Plan = plan, Outputs = [resolved.Outputs[0]] }, observer, writes: false, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static BuildReport Run(ResolvedPlan resolved, IBuildObserver? observer, bool writes, CancellationToken cancel)
    {
        resolved.Ranges.Cancel = cancel;
        // Compiled before anything is written: a mistake in the last task must not cost the work on the first.
        var programs = resolved.Tasks.Select(task => CompiledTask.Compile(task.Task, task.Data.Layout, [.. resolved.TemplatesOf(task), .. resolved.TemplatesBeside(task)])).ToList();
        // Some of FLAN's published splits mean to test what they train on.
        var isApart = resolved.HoldOut.Split is not { Overlaps: true };
        if (isApart && resolved.Plan.OnLeak == LeakPolicy.Fail) SharedRows.Refuse(resolved);

        var isScreened = isApart && resolved.Tasks.Select(task => task.Use).Distinct().Count() > 1;

        var tokenizer = resolved.Plan.Tokenizer is { } name ? Tokenizers.Open(name.Text) : null;
        var view = TrainerView.Of(resolved, tokenizer);
        using var folder = OutputFolder.Prepare(resolved.Plan.Out, resolved.Plan.Force);
        var rejects = new RejectFile(Path.Combine(folder.Staging, OutputNames.Records), folder.Records);
        Dictionary<string, IRecordSink[]> sinks = new(StringComparer.Ordinal);
        List<PackingSink> packed = [];
        try
        {
            var isMixed = resolved.Plan.Mixture.Kind is not (null or MixtureKind.Once);
            var shares = isMixed || TrainingLanes.IsUsed(resolved.Plan.TrainingOrder) ? MixtureForecast.Of(resolved) : new Dictionary<string, MixtureShare>(StringComparer.Ordinal);
            var lanes = TrainingLanes.Of(resolved, shares);
            foreach (var split in OutputSplit.All)
            {
                sinks[split] = new IRecordSink[resolved.Outputs.Count];
                for (var i = 0; i < resolved.Outputs.Count; i++) sinks[split][i] = writes ? OpenSink(folder, split, resolved, resolved.Outputs[i], lanes, view, packed) : new CountingSink();
            }

            using var evaluation = resolved.Plan.Eval ?? resolved.Tasks.Any(task => task.Use == TaskUse.HeldOut) ? new EvaluationSets(folder, resolved.Plan) : null;

            // No exemplar is a held-out row, even where nothing is trained on.
            var hasExemplars = resolved.HasExemplars && resolved.Tasks.Any(task => task.Use == TaskUse.HeldOut);
            using var leaks = isScreened || hasExemplars ? new LeakLedger(folder.Records) : null;
            if (leaks is not null) HeldOutPass.Fill(resolved, leaks, cancel);

            var context = new BuildContext(resolved.Plan, rejects, observer, (task, split) => Offered(resolved, task, split), cancel)
            {
                Leaks = isScreened ? leaks : null,
                EvaluationRows = leaks?.Keys,
                Tokenizer = tokenizer,
                View = view,
                Evaluation = evaluation,
                Shares = isMixed ? shares : new Dictionary<string, MixtureShare>(StringComparer.Ordinal),
                Lanes = lanes,
            };
            List<BuiltTask> built = [];
            foreach (var (task, program) in resolved.Tasks.Zip(programs))
            {
                // Training tasks come first.
                if (task.Use == TaskUse.HeldOut && resolved.Plan.OnLeak == LeakPolicy.Fail) leaks?.RequireSmall();

                built.Add(BuildTask(task, program, resolved, sinks, context, observer));
            }

            RequireBothSides(resolved, built);
            if (!writes) return new BuildReport(resolved, built, [], null, context.Rejected) { Leaks = leaks?.Counts ?? [], Shares = context.Shares };

            observer?.Phase("writing");
            foreach (var split in OutputSplit.All)
            {
                cancel.ThrowIfCancellationRequested();
                foreach (var sink in sinks[split]) sink.Finish();
            }

            rejects.Finish();
            IReadOnlyList<PublishedFile> outputs = [.. Enumerable.Range(0, resolved.Outputs.Count).SelectMany(output => OutputSplit.All.SelectMany(split => sinks[split][output].Publish()))];
            var report = new BuildReport(resolved, built, outputs, rejects.Publish(), context.Rejected) { Leaks = leaks?.Counts ?? [], Shares = context.Shares, Evaluation = evaluation?.Publish() ?? [], NotAsked = context.NotAsked, View = view, Packed = [.. packed.Select(sink => sink.Result).Where(split => split.Sequences > 0)] };
            folder.Stage(OutputNames.Card, DatasetCard.Write(report));
            List<PublishedFile> companions = [];
            foreach (var (path, content) in BuildCompanions.Of(resolved, outputs))
            {
                folder.StagingOf(Path.GetDirectoryName(path)!); // a relative path has a folder, which may be the empty one
                folder.Stage(path, content);
                companions.Add(new PublishedFile(path, 0, content.Length, Convert.ToHexStringLower(SHA256.HashData(content))));
            }

            report = report with { Companions = companions };
            var manifest = Manifest.Of(report);
            folder.Stage(OutputNames.Manifest, manifest.ToUtf8());
            folder.Publish(EarlierFiles(folder), FilesOf(manifest));
            BuildCompanions.Register(resolved, outputs);
            return report;
        }
        finally
        {
            foreach (var sink in sinks.Values.SelectMany(each => each)) sink?.Dispose();

            rejects.Dispose();
        }
    }

    // Null without a manifest, or with one that says nothing to this version.
    private static IEnumerable<string>? EarlierFiles(OutputFolder folder)
    {
        try
        {
            return folder.ReadManifest() is { } manifest ? FilesOf(Manifest.Read(OutputFolder.ManifestName, manifest)) : null;
        }
        catch (DiagnosticException exception) when (exception.Diagnostics[0].Code == BuildCodes.BadManifest)
        {
            return null;
        }
    }

    private static IEnumerable<string> FilesOf(Manifest manifest) =>
        [.. manifest.Outputs.Concat(manifest.Companions ?? []).Concat(manifest.Evaluation ?? []).Select(file => file.Path), .. manifest.Rejects is { } rejects ? [rejects.Path] : Array.Empty<string>(), OutputNames.Card, OutputNames.Manifest];

    // Nobody asks for a training set or an evaluation without examples; a condition or a misnamed column made them so.
    private static void RequireBothSides(ResolvedPlan resolved, IReadOnlyList<BuiltTask> built)
    {
        if (resolved.Plan.AllowEmpty) return;

        foreach (var (use, split, what) in (ReadOnlySpan<(TaskUse, string, string)>)[(TaskUse.Train, OutputSplit.Train, "training"), (TaskUse.HeldOut, OutputSplit.HeldOut, "held-out")])
        {
            var tasks = built.Where(task => task.Task.Use == use).ToList();
            var slices = tasks.SelectMany(task => task.Slices).Where(slice => slice.Split == split).ToList();
            // A test set without labels leaves the validation set to score on.
            var kept = use == TaskUse.HeldOut ? tasks.SelectMany(task => task.Slices) : slices;
            if (tasks.Count == 0 || PlanCaps.Of(resolved.Plan, split) == 0 || kept.Any(slice => slice.Counts.Examples > 0)) continue;

            var reasons = slices.SelectMany(slice => slice.Counts.Dropped).GroupBy(drop => drop.Key, drop => drop.Value, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Sum()}").ToList();
            throw new DiagnosticException(new Diagnostic(
                TaskCodes.EmptySelection,
                Severity.Error,
                $"There are no {what} examples: {slices.Sum(slice => slice.Counts.Read)} rows were read{(reasons.Count > 0 ? $" and dropped ({string.Join(", ", reasons)})" : string.Empty)}.")
            {
                Hint = "Use --allow-empty to build without them.",
            });
        }
    }

    private static IRecordSink OpenSink(OutputFolder folder, string split, ResolvedPlan resolved, BuildOutput output, TrainingLanes? lanes, TrainerView? view, List<PackingSink> packed)
    {
        var plan = resolved.Plan;
        var place = new SinkPlace(folder.StagingOf(output.Folder), split, output.Container, output.SchemaOf(split), plan.ShardBytes ?? long.MaxValue)
        {
            ShownFolder = Path.Combine(folder.Root, output.Folder),
            Below = output.Folder,
            FileName = output.Packs(split) ? null : output.Format.FileOf(split),
        };
        var sink = output.Container.Open(place);
        if (output.Packs(split))
        {
            var megatron = plan.Packing.Megatron && resolved.Tasks.Any(task => task.Outputs.Any(slice => slice.Split == split))
                ? new MegatronSink(folder.StagingOf(OutputNames.Megatron), Path.Combine(folder.Root, OutputNames.Megatron), split, view!.IdLimit) : null; // what packs is measured
            packed.Add(new PackingSink(sink, split, output.Container, plan.Packing, output.Packed!, view!.PadId, megatron)); // it has columns
            sink = packed[^1];
        }

        if (split != OutputSplit.Train || plan.TrainingOrder == TrainingOrder.Source) return sink;

        var memory = plan.ShuffleMemory / resolved.Outputs.Count;
        return lanes is null ? new ShuffleSink(sink, place.Folder, memory) : new ArrangedSink(sink, place.Folder, memory, lanes.Places(plan));
    }

    private static IReadOnlyList<string> Offered(ResolvedPlan resolved, string task, string split)
    {
        var data = resolved.Tasks.First(one => one.Task.Key == task).Data;
        return RowReaders.DiscoverColumns(data.Layout.Source, data.Splits[split]);
    }

    /// <summary>Takes a few rows of each slice through its templates and writes nothing: an estimate of the lengths of a build and of what its budgets do.</summary>
    /// <param name="resolved">The plan; it measures examples.</param>
    /// <param name="rows">Maximum number of rows of a slice: the first that a build selects.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="view">How examples are measured.</param>
    /// <exception cref="DiagnosticException">The tokenizer or the input is bad.</exception>
    internal static IReadOnlyList<BuiltTask> Sample(ResolvedPlan resolved, long rows, CancellationToken cancel, out TrainerView view)
    {
        var plan = resolved.Plan;
        var tokenizer = plan.Tokenizer is { } name ? Tokenizers.Open(name.Text) : null;
        view = TrainerView.Of(resolved, tokenizer)!; // asked only of a plan that measures
        plan = plan with
        {
            MaxTrain = Math.Min(plan.MaxTrain ?? rows, rows),
            MaxValidation = Math.Min(plan.MaxValidation ?? rows, rows),
            MaxHeldOut = Math.Min(plan.MaxHeldOut ?? rows, rows),
            OnBadRow = BadRowPolicy.Skip,
            MaxRejects = null,
        };
        resolved = resolved with { Plan = plan };
        using var rejects = new RejectFile(null, string.Empty);
        var context = new BuildContext(plan, rejects, null, (task, split) => Offered(resolved, task, split), cancel) { Tokenizer = tokenizer, View = view, IsSample = true };
        var sinks = OutputSplit.All.ToDictionary(split => split, _ => resolved.Outputs.Select(IRecordSink (_) => new CountingSink()).ToArray(), StringComparer.Ordinal);
        return [.. resolved.Tasks.Select(task => BuildTask(task, CompiledTask.Compile(task.Task, task.Data.Layout, resolved.TemplatesOf(task)), resolved, sinks, context, null))];
    }

    private static BuiltTask BuildTask(ResolvedTask task, CompiledTask program, ResolvedPlan resolved, Dictionary<string, IRecordSink[]> sinks, BuildContext context, IBuildObserver? observer)
    {
        List<BuiltSlice> slices = [];
        List<InputFiles> inputs = [];
        List<TreeLoss> trees = [];
        var pool = resolved.HasExemplars && task.Task.Conversation is null ? Pool(resolved, task, program, context) : null;
        foreach (var (split, parts) in task.Data.Splits)
        {
            var wanted = task.Outputs.Where(output => task.Data.Slices[output.Slice].Split == split).ToList();
            if (wanted.Count == 0) continue;

            // Taken before anything is hashed or read, so that the hash in the manifest is that of the rows.
            var stamps = new SourceStamps(parts);

            // Hashing the input is as much work as reading it, so it goes on beside.
            var measuring = context.IsSample ? null : System.Threading.Tasks.Task.Run(() => InputFiles.Measure(split, task.Data.Folder, parts));
            var isCapped = wanted.Exists(output => PlanCaps.Of(context.Plan, output.Split) is not null || (output.Split == OutputSplit.Train && context.Shares.ContainsKey(task.Task.Key)));
            var ranges = resolved.Ranges.Of(task.Task, task.Data, split, isCapped);
            var jobs = wanted.Select(output => MakeJob(task, program, split, output.Slice, output.Split, ranges, sinks[output.Split], resolved, context, pool)).ToList();
            var beside = wanted.SelectMany((output, i) => JobsBeside(jobs[i], task, program, split, output.Split, resolved, context, pool).Select(job => (Main: jobs[i], Job: job))).ToList();
            observer?.Begin(task.Task.Key, split, null);
            Read(task, program, split, [.. jobs, .. beside.Select(one => one.Job)], context);
            observer?.End(task.Task.Key, split);
            context.Evaluation?.Finish(jobs.Concat(beside.Select(one => one.Job)).Select(job => job.Evaluation).OfType<EvaluationJob>());
            slices.AddRange(jobs.Zip(wanted, (job, output) => new BuiltSlice(output.Slice, task.Data.Slices[output.Slice], output.Split, job.Counts)));
            trees.AddRange(beside.Select(one => TreeLoss.Of(one.Job.Evaluation!.Tree, one.Job.Counts, one.Main.Counts)).OfType<TreeLoss>()); // they are for evaluation sets alone
            if (measuring is not null) inputs.Add(measuring.GetAwaiter().GetResult());
            stamps.RequireUnchanged();
        }

        return new BuiltTask(task, resolved.TemplatesOf(task), [.. slices.OrderBy(slice => slice.Slice)], inputs)
        {
            Order = resolved.Ranges.OrderOf(task.Task, task.Data.Layout),
            TreeLosses = trees,
        };
    }

    private static void Read(ResolvedTask task, CompiledTask program, string split, IReadOnlyList<SliceJob> jobs, BuildContext context)
    {
        try
        {
            SplitPass.Run(program, () => RowReaders.Open(task.Data.Layout.Source, task.Data.Splits[split], program.SourceColumns), jobs, context, split, task.Data.Folder);
        }
        catch (DiagnosticException exception) when (BrokenSource.IsOne(exception))
        {
            throw BrokenSource.Of(task.Task.Key, task.Data.Folder, exception);
        }
    }

    private static ExemplarPool? Pool(ResolvedPlan resolved, ResolvedTask task, CompiledTask program, BuildContext context)
    {
        try
        {
            return ExemplarPass.Fill(resolved, task, program, context);
        }
        catch (DiagnosticException exception) when (BrokenSource.IsOne(exception))
        {
            throw BrokenSource.Of(task.Task.Key, task.Data.Folder, exception);
        }
    }

    private static ExampleOrigin[] OriginsOf(ResolvedTask task, CompiledTask program, string split) =>
        [.. program.Templates.Select((template, i) => OriginOf(task, template, i, split))];

    private static SliceJob MakeJob(
        ResolvedTask task, CompiledTask program, string split, SliceKind slice, string output, SplitSlices ranges, IRecordSink[] sinks, ResolvedPlan resolved, BuildContext context, ExemplarPool? pool)
    {
        var plan = resolved.Plan;
        var scored = OutputSplit.IsScored(output);
        var asking = resolved.AskingOf(task, scored);
        var shots = ShotsOf(asking, task, program, split, context, pool);
        var share = output == OutputSplit.Train ? context.Shares.GetValueOrDefault(task.Task.Key) : null;
        // What is scored is asked directly.
        int[] templates = [.. Enumerable.Range(0, resolved.TemplatesOf(task).Count).Where(template => !scored || program.Templates[template].Definition.Kind == TemplateKind.Direct)];
        if (output == OutputSplit.Train && context.Lanes is { } lanes) sinks = [.. sinks.Select(sink => ((ArrangedSink)sink).Lane(lanes.IndexOf(task.Task.Key)))];

        return new SliceJob
        {
            Asking = asking,
            IsEscaped = resolved.Outputs[0].Container.PrefersEscaped,
            Shots = shots,
            Range = ranges.Of(slice),
            Order = ranges.Order,
            Preceding = ranges.Before(slice),
            Cap = PlanCaps.Of(plan, output) ?? long.MaxValue,
            Wanted = share?.Total ?? long.MaxValue,
            MaxRepeats = share?.MaxRepeats ?? 1,
            Templates = templates,
            Inversion = scored || plan.InvertedRate is not { } rate ? null : InversionDraw.Of(templates, template => program.Templates[template].Definition.Kind == TemplateKind.Direct, rate),
            Origins = OriginsOf(task, program, split),
            // Every direct template for what is scored; dev rows of training tasks are training-like, with one template each.
            Assign = scored ? TemplateAssignment.All : task.Task.Conversation is null ? plan.Assign : TemplateAssignment.One,
            Outputs = [.. resolved.Outputs.Zip(sinks, (shape, sink) => new SliceOutput(shape.LayoutOf(output), shape.RecordsOf(output), sink, shape.Format.Name) { Refused = plan.LineBreaks == LineBreaks.Drop ? ExampleLoss.LineBreaks : ExampleLoss.None })],
            View = context.View,
            Rules = TrainerView.RulesOf(plan, task.Task, scored),
            CarriedColumns = BuildOutput.CarriedColumns(plan, task.Task),
            Evaluation = scored ? context.Evaluation?.Open(task, program, output, asking) : null,
            IsScreened = output is OutputSplit.Train or OutputSplit.Validation,
            Counts = new SliceCounts { Templates = new long[program.Templates.Count], Shots = shots is null ? null : new ShotCounts(), Lengths = context.View is null ? null : new LengthTally() },
        };
    }

    private static ExemplarSource? ShotsOf(Asking asking, ResolvedTask task, CompiledTask program, string split, BuildContext context, ExemplarPool? pool) =>
        task.Task.Conversation is null && asking.FewShot.IsUsed ? new ExemplarSource(asking.FewShot, pool, OriginsOf(task, program, pool?.Split ?? split), context.Tokenizer, asking.Options) : null;

    // The same rows asked in other ways, for evaluation sets alone.
    private static IEnumerable<SliceJob> JobsBeside(SliceJob job, ResolvedTask task, CompiledTask program, string split, string output, ResolvedPlan resolved, BuildContext context, ExemplarPool? pool)
    {
        if (job.Evaluation is null) yield break;

        HashSet<string> asked = new(StringComparer.Ordinal) { job.Asking.Variant };
        foreach (var way in resolved.Plan.EvalAlso)
        {
            var asking = job.Asking.In(way);
            int[] templates = way == EvaluationWay.Baseline
                ? [.. Enumerable.Range(0, program.Templates.Count).Where(template => task.Task.Baseline.Contains(program.Templates[template].Definition))]
                : [.. job.Templates.Where(template => IsAskedIn(way, program.Templates[template]))];
            if (!asking.HasOrders && asked.Contains(asking.Variant)) continue;
            if (templates.Length == 0 || (way.Exemplars > 0 && pool is null))
            {
                context.NoteNotAsked(task.Task.Key, way);
                continue;
            }

            asked.Add(asking.Variant);
            yield return new SliceJob
            {
                Asking = asking,
                IsEscaped = job.IsEscaped,
                Shots = ShotsOf(asking, task, program, split, context, pool),
                Range = job.Range,
                Order = job.Order,
                Preceding = job.Preceding,
                Cap = job.Cap,
                Templates = templates,
                Origins = job.Origins,
                Assign = TemplateAssignment.All,
                Outputs = [],
                Evaluation = context.Evaluation!.Open(task, program, output, asking), // the plan's own way has sets
                View = job.View,
                Rules = job.Rules,
                Counts = new SliceCounts { Templates = new long[program.Templates.Count], Shots = asking.FewShot.IsUsed ? new ShotCounts() : null, Lengths = job.View is null ? null : new LengthTally() },
            };
        }
    }

    private static bool IsAskedIn(EvaluationWay way, CompiledTemplate template) =>
        way == EvaluationWay.OptionOrders ? template.CanReorder : way != EvaluationWay.NoOptions || template.ShowsOptions;

    private static ExampleOrigin OriginOf(ResolvedTask task, CompiledTemplate template, int index, string split)
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
