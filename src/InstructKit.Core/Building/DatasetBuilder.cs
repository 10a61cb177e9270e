using InstructKit.Diagnostics;
using InstructKit.Examples;
using InstructKit.Formats;
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
    public static BuildReport Run(ResolvedPlan resolved, IBuildObserver? observer, CancellationToken cancel)
    {
        // Compiled before anything is written: a mistake in the last task must not cost the work on the first.
        var programs = resolved.Tasks.Select(task => CompiledTask.Compile(task.Task, task.Data.Layout, TemplatesOf(resolved, task))).ToList();
        // Some of FLAN's published splits mean to test what they train on.
        var isApart = resolved.HoldOut.Split is not { Overlaps: true };
        if (isApart && resolved.Plan.OnLeak == LeakPolicy.Fail) SharedRows.Refuse(resolved);

        var isScreened = isApart && resolved.Tasks.Select(task => task.Use).Distinct().Count() > 1;

        using var folder = OutputFolder.Prepare(resolved.Plan.Out, resolved.Plan.Force);
        var rejects = new RejectFile(Path.Combine(folder.Staging, OutputNames.Records), folder.Records);
        Dictionary<string, IRecordSink> sinks = new(StringComparer.Ordinal);
        try
        {
            var traces = TraceSet.Of(resolved);
            foreach (var split in OutputSplit.All) sinks[split] = OpenSink(folder, split, resolved.Plan, traces);

            using var evaluation = resolved.Plan.Eval ?? resolved.Tasks.Any(task => task.Use == TaskUse.HeldOut) ? new EvaluationSets(folder, resolved.Plan) : null;

            using var leaks = isScreened ? new LeakLedger(folder.Records) : null;
            if (leaks is not null) HeldOutPass.Fill(resolved, leaks, cancel);

            var context = new BuildContext(resolved.Plan, rejects, observer, (task, split) => Offered(resolved, task, split), cancel) 
            {
                Leaks = leaks,
                Traces = traces,
                Evaluation = evaluation,
                Shares = resolved.Plan.Mixture.Kind is null or MixtureKind.Once ? new Dictionary<string, MixtureShare>(StringComparer.Ordinal) : MixtureForecast.Of(resolved),
            };
            List<BuiltTask> built = [];
            foreach (var (task, program) in resolved.Tasks.Zip(programs))
            {
                // Training tasks come first.
                if (task.Use == TaskUse.HeldOut && resolved.Plan.OnLeak == LeakPolicy.Fail) leaks?.RequireSmall();

                built.Add(BuildTask(resolved, task, program, sinks, context, observer));
            }

            RequireBothSides(resolved, built);
            observer?.Phase("writing");
            foreach (var split in OutputSplit.All)
            {
                cancel.ThrowIfCancellationRequested();
                sinks[split].Finish();
            }

            rejects.Finish();
            IReadOnlyList<PublishedFile> outputs = [.. OutputSplit.All.SelectMany(split => sinks[split].Publish())];
            var report = new BuildReport(resolved, built, outputs, rejects.Publish(), context.Rejected) { Leaks = leaks?.Counts ?? [], Shares = context.Shares, Evaluation = evaluation?.Publish() ?? [] };
            folder.Stage(OutputNames.Card, DatasetCard.Write(report));
            var manifest = Manifest.Of(report);
            folder.Stage(OutputNames.Manifest, manifest.ToUtf8());
            folder.Publish(EarlierFiles(folder), FilesOf(manifest));
            return report;
        }
        finally
        {
            foreach (var sink in sinks.Values) sink.Dispose();

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
        [.. manifest.Outputs.Concat(manifest.Evaluation ?? []).Select(file => file.Path), .. manifest.Rejects is { } rejects ? [rejects.Path] : Array.Empty<string>(), OutputNames.Card, OutputNames.Manifest];

    /// <summary>The templates of a task that a plan uses: the first n, turned-around ones only in training and only when wanted.</summary>
    internal static IReadOnlyList<TemplateDefinition> TemplatesOf(ResolvedPlan resolved, ResolvedTask task)
    {
        var templates = task.Task.Templates.Take(resolved.FirstTemplates ?? int.MaxValue);
        return [.. templates.Where(template => template.Kind == TemplateKind.Direct || (task.Use == TaskUse.Train && resolved.Plan.Inverted))];
    }

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

    private static IRecordSink OpenSink(OutputFolder folder, string split, BuildPlan plan, Traces traces)
    {
        var place = new SinkPlace(
            Path.Combine(folder.Staging, OutputNames.Data), split, plan.Container, TraceSet.SchemaOf(plan, traces, OutputSplit.IsScored(split)), plan.ShardBytes ?? long.MaxValue)
        {
            ShownFolder = Path.Combine(folder.Root, OutputNames.Data),
        };
        var sink = plan.Container.Open(place);
        return split == OutputSplit.Train && plan.Shuffle ? new ShuffleSink(sink, folder.Staging, plan.ShuffleMemory) : sink;
    }

    private static IReadOnlyList<string> Offered(ResolvedPlan resolved, string task, string split)
    {
        var data = resolved.Tasks.First(one => one.Task.Key == task).Data;
        return RowReaders.DiscoverColumns(data.Layout.Source, data.Splits[split]);
    }

    private static BuiltTask BuildTask(ResolvedPlan resolved, ResolvedTask task, CompiledTask program, Dictionary<string, IRecordSink> sinks, BuildContext context, IBuildObserver? observer)
    {
        List<BuiltSlice> slices = [];
        List<InputFiles> inputs = [];
        foreach (var (split, parts) in task.Data.Splits)
        {
            var wanted = task.Outputs.Where(output => task.Data.Slices[output.Slice].Split == split).ToList();
            if (wanted.Count == 0) continue;

            // Taken before anything is hashed or read, so that the hash in the manifest is that of the rows.
            var stamps = new SourceStamps(parts);

            // Hashing the input is as much work as reading it, so it goes on beside.
            var measuring = System.Threading.Tasks.Task.Run(() => InputFiles.Measure(split, task.Data.Folder, parts));
            var isCapped = wanted.Exists(output => PlanCaps.Of(context.Plan, output.Split) is not null || (output.Split == OutputSplit.Train && context.Shares.ContainsKey(task.Task.Key)));
            var ranges = resolved.Ranges.Of(task.Task, task.Data, split, isCapped);
            var jobs = wanted.Select(output => MakeJob(task, program, split, output.Slice, output.Split, ranges, sinks[output.Split], context)).ToList();
            observer?.Begin(task.Task.Key, split, null);
            Read(task, program, split, jobs, context);
            observer?.End(task.Task.Key, split);
            context.Evaluation?.Finish(jobs.Select(job => job.Evaluation).OfType<EvaluationJob>());
            slices.AddRange(jobs.Zip(wanted, (job, output) => new BuiltSlice(output.Slice, task.Data.Slices[output.Slice], output.Split, job.Counts)));
            inputs.Add(measuring.GetAwaiter().GetResult());
            stamps.RequireUnchanged();
        }

        return new BuiltTask(task, [.. program.Templates.Select(prompt => prompt.Definition)], [.. slices.OrderBy(slice => slice.Slice)], inputs)
        {
            Order = resolved.Ranges.OrderOf(task.Task, task.Data.Layout),
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

    private static SliceJob MakeJob(
        ResolvedTask task, CompiledTask program, string split, SliceKind slice, string output, SplitSlices ranges, IRecordSink sink, BuildContext context)
    {
        var plan = context.Plan;
        var scored = OutputSplit.IsScored(output);
        var share = output == OutputSplit.Train ? context.Shares.GetValueOrDefault(task.Task.Key) : null;
        // What is scored is asked directly.
        int[] templates = [.. Enumerable.Range(0, program.Templates.Count).Where(template => !scored || program.Templates[template].Definition.Kind == TemplateKind.Direct)];
        return new SliceJob
        {
            Range = ranges.Of(slice),
            Order = ranges.Order,
            Preceding = ranges.Before(slice),
            Cap = PlanCaps.Of(plan, output) ?? long.MaxValue,
            Wanted = share?.Total ?? long.MaxValue,
            MaxRepeats = share?.MaxRepeats ?? 1,
            Templates = templates,
            Origins = [.. program.Templates.Select((template, i) => new ExampleOrigin(i, task.Task.Key, task.Cluster, template.Definition.Id, template.Definition.KindText, split))],
            // Every direct template for what is scored; dev rows of training tasks are training-like, with one template each.
            Assign = scored ? TemplateAssignment.All : plan.Assign,
            IsScored = scored,
            Evaluation = scored ? context.Evaluation?.Open(task, program, output, templates) : null,
            IsScreened = output is OutputSplit.Train or OutputSplit.Validation,
            Format = plan.Format,
            Traces = context.Traces,
            Container = plan.Container,
            Sink = sink,
            Counts = new SliceCounts { Templates = new long[program.Templates.Count] },
        };
    }
}
