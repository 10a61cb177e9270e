using System.Security.Cryptography;
using InstructKit.Building.EvaluationOutput;
using InstructKit.Building.Passes;
using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Building.Settings;
using InstructKit.Lengths;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Tasks;
using InstructKit.Templates;

namespace InstructKit.Building;

/// <summary>Runs a build: source → row → task → template → protocol → sink.</summary>
public static class DatasetBuilder
{
    /// <summary>Runs a resolved plan and writes the output folder. Nothing gets its final name before everything is on disk.</summary>
    /// <param name="resolved">The resolved plan.</param>
    /// <param name="observer">Receives progress, or null.</param>
    /// <param name="cancel">Cancels the build; files written so far are removed.</param>
    /// <exception cref="DiagnosticException">Bad input (IK2101 and higher, IK3xxx), or an output folder or disk that cannot be used (IK400x).</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static BuildReport Run(ResolvedPlan resolved, IBuildObserver? observer, CancellationToken cancel) => Run(resolved, observer, writes: true, cancel);

    /// <summary>The result a build would have: rows are read, filtered and rendered as by <see cref="Run(ResolvedPlan, IBuildObserver?, CancellationToken)"/>, but no dataset is written.</summary>
    /// <param name="resolved">The resolved plan.</param>
    /// <param name="observer">Receives progress, or null.</param>
    /// <param name="cancel">Cancels the counting.</param>
    /// <exception cref="DiagnosticException">The build would fail with it.</exception>
    internal static BuildReport Count(ResolvedPlan resolved, IBuildObserver? observer, CancellationToken cancel)
    {
        // Folder for the reject file and spilled data of leak checks.
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
        // Compiled before anything is written: an error in the last task must not waste the work on the first.
        var programs = resolved.Tasks.Select(task => CompiledTask.Compile(task.Task, task.Data.Layout, [.. resolved.TemplatesOf(task), .. resolved.TemplatesBeside(task)])).ToList();
        if (resolved.IsApart && resolved.Plan.OnLeak == LeakPolicy.Fail) SharedRows.Refuse(resolved);

        var isScreened = resolved.IsApart && resolved.Tasks.Select(task => task.Use).Distinct().Count() > 1;

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

            // Exemplars are never held-out rows, even without training.
            var hasExemplars = resolved.HasExemplars && resolved.Tasks.Any(task => task.Use == TaskUse.HeldOut);
            using var leaks = isScreened || hasExemplars ? new LeakLedger(folder.Records) : null;
            if (leaks is not null) HeldOutPass.Fill(resolved, leaks, cancel);

            var context = new BuildContext(resolved, rejects, observer, cancel)
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

                built.Add(new TaskBuild(task, program, sinks, context).Run(observer));
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

    // Null without a manifest, or with one that this version does not understand.
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

    // An empty training or evaluation set is never intended; a condition or a misnamed column caused it.
    private static void RequireBothSides(ResolvedPlan resolved, IReadOnlyList<BuiltTask> built)
    {
        if (resolved.Plan.AllowEmpty) return;

        foreach (var (use, split, what) in (ReadOnlySpan<(TaskUse, string, string)>)[(TaskUse.Train, OutputSplit.Train, "training"), (TaskUse.HeldOut, OutputSplit.HeldOut, "held-out")])
        {
            var tasks = built.Where(task => task.Task.Use == use).ToList();
            var slices = tasks.SelectMany(task => task.Slices).Where(slice => slice.Split == split).ToList();
            // If the test set has no labels, the validation set remains for scoring.
            var kept = use == TaskUse.HeldOut ? tasks.SelectMany(task => task.Slices) : slices;
            if (tasks.Count == 0 || PlanCaps.Of(resolved.Plan, split) == 0 || kept.Any(slice => slice.Counts.Examples > 0)) continue;

            var reasons = slices.SelectMany(slice => slice.Counts.Dropped).GroupBy(drop => drop.Key, drop => drop.Value, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Sum()}").ToList();
            throw DiagnosticException.Error(TaskCodes.EmptySelection, $"There are no {what} examples: {slices.Sum(slice => slice.Counts.Read)} rows were read{(reasons.Count > 0 ? $" and dropped ({string.Join(", ", reasons)})" : string.Empty)}.",
                hint: "Use --allow-empty to build without them.");
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
                ? new MegatronSink(folder.StagingOf(OutputNames.Megatron), Path.Combine(folder.Root, OutputNames.Megatron), split, view!.IdLimit) : null; // packed splits are measured
            packed.Add(new PackingSink(sink, split, output.Container, plan.Packing, output.Packed!, view!.PadId, megatron)); // it has columns
            sink = packed[^1];
        }

        if (split != OutputSplit.Train || plan.TrainingOrder == TrainingOrder.Source) return sink;

        var memory = plan.ShuffleMemory / resolved.Outputs.Count;
        return lanes is null ? new ShuffleSink(sink, place.Folder, memory) : new ArrangedSink(sink, place.Folder, memory, lanes.Places(plan));
    }

    /// <summary>Renders a few rows of each slice without writing anything: an estimate of a build's lengths and of the effect of its budgets.</summary>
    /// <param name="resolved">The plan; it measures examples.</param>
    /// <param name="rows">Maximum number of rows per slice: the first that a build selects.</param>
    /// <param name="view">How examples are measured.</param>
    /// <exception cref="DiagnosticException">The tokenizer or the input is bad.</exception>
    internal static IReadOnlyList<BuiltTask> Sample(ResolvedPlan resolved, long rows, CancellationToken cancel, out TrainerView view)
    {
        var plan = resolved.Plan;
        var tokenizer = plan.Tokenizer is { } name ? Tokenizers.Open(name.Text) : null;
        view = TrainerView.Of(resolved, tokenizer)!; // only called for a plan that measures
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
        var context = new BuildContext(resolved, rejects, null, cancel) { Tokenizer = tokenizer, View = view, IsSample = true };
        var sinks = OutputSplit.All.ToDictionary(split => split, _ => resolved.Outputs.Select(IRecordSink (_) => new CountingSink()).ToArray(), StringComparer.Ordinal);
        return [.. resolved.Tasks.Select(task => new TaskBuild(task, CompiledTask.Compile(task.Task, task.Data.Layout, resolved.TemplatesOf(task)), sinks, context).Run(null))];
    }
}
