using InstructKit.Formats.Consumers;
using InstructKit.Sources;

namespace InstructKit.Auditing.Validation;

/// <summary>Consumers' requirements on the files of a folder.</summary>
internal static class FolderRules
{
    private const string Loader = "llamafactory/data/loader.py _load_single_dataset";

    private const string Discovery = "datasets data_files.py _get_data_files_patterns";

    /// <summary>Reports names and kinds of files that the consumer does not accept.</summary>
    public static IEnumerable<ValidationFinding> Check(Consumer consumer, string folder, string name, DatasetCardFiles card)
    {
        if (consumer.IsOneTable && !card.HasConfigs)
        {
            foreach (var finding in Undeclared(folder, name)) yield return finding;
        }

        if (consumer.FileNames is [var needed, ..] && !File.Exists(Path.Combine(folder, needed)) && !File.Exists(Path.Combine(folder, "data", needed)))
            yield return ValidationReport.Whole(ConsumerCodes.FileName, Severity.Error, $"{VisibleText.Of(name)} has no {needed}, which is looked for", consumer.Source);

        if (!consumer.Name.StartsWith("llama-factory", StringComparison.Ordinal)) yield break;

        var info = Path.Combine(folder, "dataset_info.json");
        foreach (var finding in File.Exists(info) ? Registered(info, folder, name) : OneExtension(folder, name)) yield return finding;
    }

    /// <summary>Reports configurations whose files are of several kinds, for a consumer that reads one kind.</summary>
    public static IEnumerable<ValidationFinding> Kinds(Consumer consumer, IReadOnlyList<ValidationInput> inputs)
    {
        if (!consumer.IsOneTable) yield break;

        foreach (var config in inputs.Where(input => input.File is not null).GroupBy(input => input.Config, StringComparer.Ordinal))
        {
            var kinds = config.Select(input => ValidationInputs.ModuleOf(input.Name)).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            if (kinds.Count > 1)
                yield return ValidationReport.Whole(ConsumerCodes.FileName, Severity.Error, $"the data files are of several kinds ({string.Join(", ", kinds)}); the loader takes one for all splits", "datasets load.py infer_module_for_data_files");
        }
    }

    // Without a card the names determine what is data, and of which split.
    private static IEnumerable<ValidationFinding> Undeclared(string folder, string name)
    {
        var data = Path.Combine(folder, "data");
        var shards = Directory.Exists(data) ? Directory.EnumerateFiles(data).Select(path => Path.GetFileName(path)).Where(own => ValidationInputs.ShardOf(own) is not null).Order(StringComparer.Ordinal).ToList() : [];
        foreach (var own in shards)
        {
            var split = ValidationInputs.ShardOf(own)!; // as chosen above
            if (!DatasetCardFiles.IsSplit(split))
                yield return ValidationReport.At(ConsumerCodes.FileName, Severity.Error, $"{name}/data/{own}", 0, 0, $"'{VisibleText.Of(split)}' is not a split name: letters, digits and underscores, with dots between them; rename the file or list it in a card", Discovery);
        }

        if (shards.Count > 0 || Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(path => ValidationInputs.SplitIn(Path.GetRelativePath(folder, path).Replace('\\', '/')).Length > 0)) yield break;

        foreach (var own in ValidationInputs.Mistaken.Where(own => File.Exists(Path.Combine(folder, own))))
            yield return ValidationReport.At(ConsumerCodes.MistakenFile, Severity.Warning, $"{name}/{own}", 0, 0, "without a card that lists the data files, and without a split in any name, the loader takes this file for data", Discovery);
    }

    // A folder of data that its owner registers by name.
    private static IEnumerable<ValidationFinding> Registered(string info, string folder, string name)
    {
        var text = Sources.Files.TextFile.Bytes(info);
        var tape = new JsonTape(new SourceLimits());
        if (!tape.Read(text, 0, text.Length))
        {
            yield return ValidationReport.At(tape.ErrorCode, Severity.Error, $"{name}/dataset_info.json", text.AsSpan(0, tape.ErrorOffset).Count((byte)'\n'), 0, tape.Error, string.Empty);
            yield break;
        }

        List<(long Line, string Message)> missing = [];
        foreach (var entry in tape.Root)
        {
            var file = entry.Find("file_name"u8);
            if (file.IsText && !Path.Exists(Path.Combine(folder, file.AsText()))) missing.Add((text.AsSpan(0, file.Offset).Count((byte)'\n'), $"{file.Path} is {file.Words}, which is not in the folder"));
        }

        foreach (var (line, message) in missing) yield return ValidationReport.At(ConsumerCodes.CardFiles, Severity.Error, $"{name}/dataset_info.json", line, 0, message, Loader);
    }

    private static IEnumerable<ValidationFinding> OneExtension(string folder, string name)
    {
        var extensions = Directory.EnumerateFiles(folder).Select(path => Path.GetExtension(path).ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (extensions.Count > 1)
            yield return ValidationReport.Whole(ConsumerCodes.FileName, Severity.Error, $"{VisibleText.Of(name)} has files of several kinds ({string.Join(", ", extensions)}); a folder holds one kind and nothing else", Loader);
    }
}
