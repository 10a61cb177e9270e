using InstructKit.Sources.Files;
using InstructKit.Sources.Hub;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>The fetched commits and hashes, so that the same bytes can be fetched on another machine or day. One JSON file, meant to be kept
/// under version control next to the plan.</summary>
/// <param name="datasets">The datasets.</param>
public sealed class HubLock(IEnumerable<LockedDataset> datasets)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "instructkit.lock";

    private const int FormatVersion = 1;
    private const string VersionText = "1";

    /// <summary>An empty lock.</summary>
    public static HubLock Empty { get; } = new([]);

    /// <summary>The datasets in ordinal order of id and revision.</summary>
    public IReadOnlyList<LockedDataset> Datasets { get; } =
        [.. datasets.OrderBy(one => one.Snapshot.Id, StringComparer.Ordinal).ThenBy(one => one.Snapshot.Revision, StringComparer.Ordinal)];

    /// <summary>The entry of a dataset's revision, or null.</summary>
    public LockedDataset? Find(string id, string revision) => Datasets.FirstOrDefault(one => one.Snapshot.Id == id && one.Snapshot.Revision == revision);

    /// <summary>The lock with an added entry. Files of an earlier entry are kept if the commit is the same: an entry has only one commit.</summary>
    public HubLock With(LockedDataset entry)
    {
        var old = Find(entry.Snapshot.Id, entry.Snapshot.Revision);
        var kept = old?.Snapshot.Commit == entry.Snapshot.Commit ? old.Files.Where(file => entry.Files.All(other => other.Path != file.Path)) : [];
        var files = entry.Files.Concat(kept).OrderBy(file => file.Path, StringComparer.Ordinal);
        return new HubLock(Datasets.Where(one => one != old).Append(entry with { Files = [.. files] }));
    }

    /// <summary>Reads a lock file; a missing file is an empty lock.</summary>
    /// <exception cref="DiagnosticException">It is not a lock (IK8014), or cannot be read (IK2017).</exception>
    public static HubLock Load(string path) => File.Exists(path) ? Parse(path, TextFile.Bytes(path)) : Empty;

    /// <summary>Reads the text of a lock.</summary>
    /// <exception cref="DiagnosticException">It is not a lock (IK8014).</exception>
    public static HubLock Parse(string name, ReadOnlyMemory<byte> utf8)
    {
        // JSON is YAML, and the plan reader reports positions and nearest names.
        List<Diagnostic> found = [];
        try
        {
            var form = new YamlForm(YamlFile.Parse(TextFile.Decode(name, utf8.ToArray())), "A lock", found);
            var version = form.RequireScalar("version");
            if (version is not null && version.Text != VersionText)
                form.Error(HubCodes.BadLock, $"The lock is of version {version.Text}; this tool reads version {VersionText}.", version.Span);

            var datasets = form.TakeList("datasets");
            if (datasets is null && found.Count == 0) form.Missing("datasets");

            List<LockedDataset> read = [.. (datasets?.Items ?? []).Select(item => ReadDataset(form, item, found)).OfType<LockedDataset>()];
            if (found.Count == 0) form.Finish();
            if (found.Count == 0) return new HubLock(read);
        }
        catch (DiagnosticException exception)
        {
            found.AddRange(exception.Diagnostics);
        }

        throw DiagnosticException.InOrder([.. found.Select(one => Wrong(name, one))]);
    }

    /// <summary>The file's content: indented JSON in a fixed order, with a final line feed.</summary>
    public byte[] ToUtf8() => JsonWriting.Document(json => json.Put("version", FormatVersion).Objects("datasets", Datasets, dataset => json
        .Put("id", dataset.Snapshot.Id).Put("revision", dataset.Snapshot.Revision).Put("commit", dataset.Snapshot.Commit)
        .Objects("files", dataset.Files, file => json.Put("path", file.Path).Put("bytes", file.Size).Put(file.Hash.Kind, file.Hash.Hex))));

    private static LockedDataset? ReadDataset(YamlForm form, YamlNode node, List<Diagnostic> found)
    {
        if (node is not YamlMap map)
        {
            form.Error(HubCodes.BadLock, $"A dataset is a mapping, found {node.Noun}.", node.Span);
            return null;
        }

        var dataset = new YamlForm(map, "A dataset", found);
        var snapshot = new HubSnapshot(Text(dataset, "id"), Text(dataset, "revision"), Text(dataset, "commit"));
        if (found.Count == 0 && (!HubNames.IsId(snapshot.Id) || !HubNames.IsSafePath(snapshot.Revision) || !ContentHash.IsCommit(snapshot.Commit)))
            form.Error(HubCodes.BadLock, $"'{snapshot.Id}' at '{snapshot.Revision}', commit '{snapshot.Commit}', is not a dataset of a hub.", map.Span);

        var files = dataset.TakeList("files");
        if (files is null && found.Count == 0) dataset.Missing("files");

        List<LockedFile> read = [.. (files?.Items ?? []).Select(item => ReadFile(form, item, found)).OfType<LockedFile>().OrderBy(file => file.Path, StringComparer.Ordinal)];
        dataset.Finish();
        return found.Count == 0 ? new LockedDataset(snapshot, read) : null;
    }

    private static LockedFile? ReadFile(YamlForm form, YamlNode node, List<Diagnostic> found)
    {
        if (node is not YamlMap map)
        {
            form.Error(HubCodes.BadLock, $"A file is a mapping, found {node.Noun}.", node.Span);
            return null;
        }

        var file = new YamlForm(map, "A file", found);
        var path = Text(file, "path");
        var size = file.TakeInteger("bytes", 0, long.MaxValue);
        if (size is null && found.Count == 0) file.Missing("bytes");

        var hash = (file.TakeScalar("sha256") ?? file.TakeScalar("git_sha1"))?.Text;
        file.Take("git_sha1");
        file.Finish();
        if (found.Count > 0) return null;

        if (HubNames.IsSafePath(path) && ContentHash.TryParse(hash, out var parsed)) return new LockedFile(path, size!.Value, parsed); // reported when it is missing

        form.Error(HubCodes.BadLock, $"The file '{path}' has no usable path or hash.", map.Span);
        return null;
    }

    private static string Text(YamlForm form, string key) => form.RequireScalar(key)?.Text ?? string.Empty;

    private static Diagnostic Wrong(string name, Diagnostic found) => new(HubCodes.BadLock, Severity.Error, $"The lock file '{name}' cannot be read: {found.Message}", found.Span)
    { Hint = "Restore it from version control, or delete it and fetch again." };
}

/// <summary>A dataset in the lock.</summary>
/// <param name="Snapshot">The dataset, its revision and its pinned commit.</param>
/// <param name="Files">The fetched files, in ordinal order of their paths.</param>
public sealed record LockedDataset(HubSnapshot Snapshot, IReadOnlyList<LockedFile> Files);

/// <summary>A file in the lock.</summary>
/// <param name="Path">Path in the dataset, with <c>/</c>.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Hash">Hash of the content.</param>
public sealed record LockedFile(string Path, long Size, ContentHash Hash);
