using System.Diagnostics.CodeAnalysis;
using InstructKit.Diagnostics;
using InstructKit.Protocol;
using InstructKit.Sinks;
using InstructKit.Sources;
using InstructKit.Sources.Hub;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Building;

/// <summary>Reads a plan from YAML. Paths in it are relative to the plan's folder.</summary>
public static class BuildPlanFile
{
    private static readonly string[] Assignments = ["one", "round-robin", "all"];
    private static readonly string[] FailOrSkip = ["fail", "skip"];

    /// <summary>Keys of a plan in order, for messages and the documentation.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "tasks", "train", "task_files", "data", "out", "scheme", "hold_out", "keep_related", "seed", "templates", "caps", "shuffle", "variant", "layouts",
        "on_bad_row", "max_rejects", "on_missing", "format", "shard_bytes", "limits", .. RepairChoices.Table.Select(row => row.Key),
    ];

    /// <summary>Reads a plan file.</summary>
    /// <exception cref="DiagnosticException">It cannot be read (IK2017) or something in it is wrong (IK20xx); all findings at once.</exception>
    public static BuildPlan Load(string path) => Read(YamlFile.Load(path), Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>Reads a plan.</summary>
    /// <param name="map">The YAML.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <exception cref="DiagnosticException">Something in it is wrong (IK20xx); all findings at once.</exception>
    public static BuildPlan Read(YamlMap map, string folder)
    {
        List<Diagnostic> diagnostics = [];
        var form = new YamlForm(map, "A plan", diagnostics);
        var plan = new BuildPlan();
        plan = plan with
        {
            Tasks = ReadTasks(form) is { Count: > 0 } tasks and not [{ Text: "all" }] ? tasks : null,
            Train = Names(form, "train") is { Count: > 0 } train ? train : null,
            TaskFolders = [.. Names(form, "task_files").Select(name => Below(folder, name))],
            // `hub` is the hub's cache, wherever that is; a folder of that name is written ./hub.
            Data = [.. Names(form, "data").Select(name => name.Text == HubCache.RootWord ? name : Below(folder, name))],
            Out = form.TakeScalar("out") is { } target ? Path.Combine(folder, target.Text) : plan.Out,
            Scheme = Name(form.TakeScalar("scheme")),
            HoldOut = [.. Names(form, "hold_out").Where(name => name.Text != "none")],
            KeepRelated = form.TakeBoolean("keep_related") ?? plan.KeepRelated,
            Seed = form.TakeInteger("seed", long.MinValue, long.MaxValue) ?? plan.Seed,
            Shuffle = form.TakeBoolean("shuffle") ?? plan.Shuffle,
            Variant = Name(form.TakeScalar("variant")),
            OnBadRow = (BadRowPolicy)(form.TakeChoice("on_bad_row", FailOrSkip) ?? (int)plan.OnBadRow),
            MaxRejects = form.TakeInteger("max_rejects", 0, long.MaxValue),
            OnMissing = (MissingDataPolicy)(form.TakeChoice("on_missing", FailOrSkip) ?? (int)plan.OnMissing),
            Container = form.TakeChoice("format", [.. OutputContainers.All.Select(container => container.Name)]) is { } container ? OutputContainers.All[container] : plan.Container,
            ShardBytes = form.TakeInteger("shard_bytes", 1, long.MaxValue),
            Layouts = ReadLayouts(form),
            Repairs = LayoutReader.TakeRepairs(form),
        };
        plan = ReadTemplates(plan, form, diagnostics);
        plan = ReadCaps(plan, form, diagnostics);
        plan = plan with { Limits = ReadLimits(plan.Limits, form, diagnostics) };
        form.Finish();
        return diagnostics.Count > 0 ? throw DiagnosticException.InOrder(diagnostics) : plan;
    }

    private static List<LocatedName> Names(YamlForm form, string key) => [.. form.TakeScalars(key).Select(scalar => Name(scalar))];

    [return: NotNullIfNotNull(nameof(scalar))]
    private static LocatedName? Name(YamlScalar? scalar) => scalar is null ? null : new LocatedName(scalar.Text, scalar.Span);

    private static LocatedName Below(string folder, LocatedName path) => path with { Text = Path.Combine(folder, path.Text) };

    // On a command line paths may stand among the names; here they have a key of their own.
    private static List<LocatedName> ReadTasks(YamlForm form)
    {
        var tasks = Names(form, "tasks");
        foreach (var path in tasks.Where(name => name.Text.AsSpan().ContainsAny('/', '\\') || name.Text.EndsWith(".yaml", StringComparison.Ordinal)))
            form.Error(TaskCodes.BadSetting, $"'tasks' lists tasks and clusters, found the path '{path}'.", path.Span!.Value, "Write it under 'task_files'.");

        return tasks;
    }

    private static BuildPlan ReadTemplates(BuildPlan plan, YamlForm form, List<Diagnostic> diagnostics)
    {
        if (form.TakeMap("templates") is not { } map) return plan;

        var templates = new YamlForm(map, "'templates'", diagnostics);
        plan = plan with
        {
            Assign = (TemplateAssignment)(templates.TakeChoice("assign", Assignments) ?? (int)plan.Assign),
            FirstTemplates = (int?)templates.TakeInteger("first", 1, 1000),
            Inverted = templates.TakeBoolean("turned_around") ?? plan.Inverted,
        };
        templates.Finish();
        return plan;
    }

    private static BuildPlan ReadCaps(BuildPlan plan, YamlForm form, List<Diagnostic> diagnostics)
    {
        if (form.TakeMap("caps") is not { } map) return plan;

        var caps = new YamlForm(map, "'caps'", diagnostics);
        plan = plan with
        {
            MaxTrain = Cap(caps, "train", plan.MaxTrain),
            MaxValidation = Cap(caps, "validation", plan.MaxValidation),
            MaxHeldOut = Cap(caps, "held_out", plan.MaxHeldOut),
            MaxRate = caps.TakeInteger("rate", 1, long.MaxValue) ?? plan.MaxRate,
        };
        caps.Finish();
        return plan;
    }

    private static SourceLimits ReadLimits(SourceLimits limits, YamlForm form, List<Diagnostic> diagnostics)
    {
        if (form.TakeMap("limits") is not { } map) return limits;

        var names = new YamlForm(map, "'limits'", diagnostics);
        limits = limits with
        {
            MaxLineBytes = (int?)names.TakeInteger("line_bytes", 1, Array.MaxLength) ?? limits.MaxLineBytes,
            MaxJsonDepth = (int?)names.TakeInteger("json_depth", 1, SourceLimits.DepthCeiling) ?? limits.MaxJsonDepth,
            MaxColumns = (int?)names.TakeInteger("columns", 1, int.MaxValue) ?? limits.MaxColumns,
            MaxArchiveEntries = (int?)names.TakeInteger("archive_entries", 1, int.MaxValue) ?? limits.MaxArchiveEntries,
            MaxCompressionRatio = (int?)names.TakeInteger("compression_ratio", 1, int.MaxValue) ?? limits.MaxCompressionRatio,
            MaxUnpackedBytes = names.TakeInteger("unpacked_bytes", 1, long.MaxValue) ?? limits.MaxUnpackedBytes,
            MaxBufferBytes = names.TakeInteger("buffer_bytes", SourceLimits.BufferBytesFloor, SourceLimits.BufferBytesCeiling) ?? limits.MaxBufferBytes,
        };
        names.Finish();
        return limits;
    }

    // `none` takes a cap away.
    private static long? Cap(YamlForm caps, string key, long? standard) =>
        caps.Take(key) is YamlScalar { Text: "none" } ? null : caps.TakeInteger(key, 0, long.MaxValue) ?? standard;

    private static List<ChosenLayout> ReadLayouts(YamlForm form)
    {
        List<ChosenLayout> layouts = [];
        foreach (var entry in form.TakeMap("layouts")?.Entries ?? [])
        {
            if (entry.Value is YamlScalar { IsNull: false } layout) layouts.Add(new ChosenLayout(Name(entry.Key), Name(layout)));
            else form.Error(YamlCodes.WrongType, $"'layouts' has one layout for each task, found {entry.Value.Noun} for '{entry.Key.Text}'.", entry.Key.Span);
        }

        return layouts;
    }
}
