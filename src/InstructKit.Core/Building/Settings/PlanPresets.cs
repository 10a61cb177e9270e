using InstructKit.Building.Plans;
using InstructKit.Building.Selection;
using InstructKit.Sources.Files;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>Plans shipped with a catalogue, by name: the files of a folder. The first comment of each describes it and where it is published.</summary>
/// <param name="folder">The folder; a missing one contains no presets.</param>
public sealed class PlanPresets(string folder)
{
    private const string Extension = ".yaml";

    /// <summary>No presets.</summary>
    public static PlanPresets None { get; } = new(string.Empty);

    /// <summary>Their names in natural order: <c>tasks-5</c> before <c>tasks-10</c>.</summary>
    public IReadOnlyList<string> Names => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, $"*{Extension}").Select(path => Path.GetFileNameWithoutExtension(path)).OrderBy(StemOf, StringComparer.Ordinal).ThenBy(NumberOf)]
        : [];

    /// <summary>The description of a preset from its first comment: lines without comment marks, the first of which is a title.</summary>
    public IReadOnlyList<string> Describe(string name) =>
        [.. TextFile.Decode(PathOf(name), TextFile.Bytes(PathOf(name))).Text.Split('\n').TakeWhile(line => line.StartsWith('#')).Select(line => line.TrimStart('#').Trim()).DefaultIfEmpty(string.Empty)];

    /// <summary>Reads a preset.</summary>
    /// <param name="name">Its name, or the path of a plan file.</param>
    /// <param name="start">The values of settings that the preset does not set; null for the defaults.</param>
    /// <exception cref="DiagnosticException">There is none of that name (IK2023), or its file is invalid (IK20xx).</exception>
    public BuildPlan Load(LocatedName name, BuildPlan? start = null) => Load(name, start, []);

    /// <summary>Reads the plan that another is based on.</summary>
    /// <param name="name">A preset's name, or the path of a plan file.</param>
    /// <param name="start">The values of unset settings.</param>
    /// <param name="chain">Plans that led here.</param>
    internal BuildPlan Load(LocatedName name, BuildPlan? start, IReadOnlyList<string> chain)
    {
        var isPath = OwnTaskPath.Is(name.Text);
        var path = isPath ? Path.GetFullPath(name.Text) : PathOf(name.Text);
        if (!File.Exists(path))
        {
            throw DiagnosticException.Error(TaskCodes.BadSetting, isPath ? $"There is no plan file '{name}'." : $"There is no preset '{name}'.", name.Span,
                (isPath ? null : NearestName.Hint(name.Text, Names)) ?? "`instructkit plan --presets` lists the presets; a plan file of your own is named by its path, such as ./base.yaml.");
        }

        if (chain.Contains(path, StringComparer.Ordinal))
            throw DiagnosticException.Error(TaskCodes.BadSetting, $"The plan '{name}' begins with itself: {string.Join(" → ", chain.Append(path).Select(Path.GetFileName))}.", name.Span);

        var plan = BuildPlanFile.Read(YamlFile.Load(path), Path.GetDirectoryName(path)!, this, start, [.. chain, path]); // a file's path has a folder
        return isPath ? plan : plan with { Preset = name };
    }

    private string PathOf(string name) => Path.Combine(folder, name + Extension);

    private static string StemOf(string name) => name.TrimEnd([.. "0123456789"]);

    private static int NumberOf(string name) => int.TryParse(name[StemOf(name).Length..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>The caps of a plan by output split, and the options that set them.</summary>
internal static class PlanCaps
{
    /// <summary>Maximum number of rows per task in an output split; null for no limit.</summary>
    public static long? Of(BuildPlan plan, string split) => split switch
    {
        OutputSplit.Train => plan.MaxTrain,
        OutputSplit.HeldOut or OutputSplit.Test => plan.MaxHeldOut,
        _ => plan.MaxValidation,
    };

    /// <summary>The option that sets the cap of an output split.</summary>
    public static string OptionOf(string split)
    {
        var key = split switch { OutputSplit.Train => "caps.train", OutputSplit.HeldOut or OutputSplit.Test => "caps.held_out", _ => "caps.validation" };
        return PlanSettings.All.Single(setting => setting.Key == key).Option!; // caps have options
    }
}
