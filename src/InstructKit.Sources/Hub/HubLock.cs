using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using InstructKit.Diagnostics;
using InstructKit.Sources.Files;

namespace InstructKit.Sources.Hub;

/// <summary>
/// What was fetched, commit by commit and hash by hash, so that another machine or another day gets the same bytes. One JSON file, meant to be
/// kept under version control beside the plan.
/// </summary>
/// <param name="datasets">The datasets.</param>
public sealed class HubLock(IEnumerable<LockedDataset> datasets)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "instructkit.lock";

    private const int FormatVersion = 1;

    /// <summary>A lock that names nothing.</summary>
    public static HubLock Empty { get; } = new([]);

    /// <summary>The datasets in ordinal order of id and revision.</summary>
    public IReadOnlyList<LockedDataset> Datasets { get; } =
        [.. datasets.OrderBy(one => one.Snapshot.Id, StringComparer.Ordinal).ThenBy(one => one.Snapshot.Revision, StringComparer.Ordinal)];

    /// <summary>The entry of a dataset's revision, or null.</summary>
    public LockedDataset? Find(string id, string revision) => Datasets.FirstOrDefault(one => one.Snapshot.Id == id && one.Snapshot.Revision == revision);

    /// <summary>
    /// The lock with an entry put in. Files of an earlier entry stay as long as the commit is the same: an entry holds one commit only.
    /// </summary>
    public HubLock With(LockedDataset entry)
    {
        var old = Find(entry.Snapshot.Id, entry.Snapshot.Revision);
        var kept = old?.Snapshot.Commit == entry.Snapshot.Commit ? old.Files.Where(file => entry.Files.All(other => other.Path != file.Path)) : [];
        var files = entry.Files.Concat(kept).OrderBy(file => file.Path, StringComparer.Ordinal);
        return new HubLock(Datasets.Where(one => one != old).Append(entry with { Files = [.. files] }));
    }

    /// <summary>Reads a lock file; a file that is not there is an empty lock.</summary>
    /// <exception cref="DiagnosticException">It is not a lock (IK8014), or cannot be read (IK2017).</exception>
    public static HubLock Load(string path) => File.Exists(path) ? Parse(path, TextFile.Bytes(path)) : Empty;

    /// <summary>Reads the text of a lock.</summary>
    /// <exception cref="DiagnosticException">It is not a lock (IK8014).</exception>
    public static HubLock Parse(string name, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() is var version and not FormatVersion)
                throw Wrong(name, $"it is of version {version}, and this tool writes version {FormatVersion}");

            return new HubLock([.. root.GetProperty("datasets").EnumerateArray().Select(entry => ReadDataset(name, entry))]);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Wrong(name, exception.Message, exception);
        }
    }

    /// <summary>The file's content: indented JSON in a fixed order, with a final line feed.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", FormatVersion);
            json.WriteStartArray("datasets");
            foreach (var (snapshot, files) in Datasets)
            {
                json.WriteStartObject();
                json.WriteString("id", snapshot.Id);
                json.WriteString("revision", snapshot.Revision);
                json.WriteString("commit", snapshot.Commit);
                json.WriteStartArray("files");
                foreach (var file in files)
                {
                    json.WriteStartObject();
                    json.WriteString("path", file.Path);
                    json.WriteNumber("bytes", file.Size);
                    json.WriteString(file.Hash.Kind, file.Hash.Hex);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static LockedDataset ReadDataset(string name, JsonElement entry)
    {
        var snapshot = new HubSnapshot(Text(entry, "id"), Text(entry, "revision"), Text(entry, "commit"));
        if (!HubNames.IsId(snapshot.Id) || !HubNames.IsSafePath(snapshot.Revision) || !ContentHash.IsCommit(snapshot.Commit))
            throw Wrong(name, $"'{snapshot.Id}' at '{snapshot.Revision}', commit '{snapshot.Commit}', is not a dataset of a hub");

        var files = entry.GetProperty("files").EnumerateArray().Select(file => ReadFile(name, file)).OrderBy(file => file.Path, StringComparer.Ordinal);
        return new LockedDataset(snapshot, [.. files]);
    }

    private static LockedFile ReadFile(string name, JsonElement entry)
    {
        var path = Text(entry, "path");
        var size = entry.GetProperty("bytes").GetInt64();
        var hash = entry.TryGetProperty("sha256", out var sha256) ? sha256.GetString() : Text(entry, "git_sha1");
        return HubNames.IsSafePath(path) && size >= 0 && ContentHash.TryParse(hash, out var parsed)
            ? new LockedFile(path, size, parsed)
            : throw Wrong(name, $"the file '{path}' has no usable path, size or hash");
    }

    private static string Text(JsonElement entry, string key) => entry.GetProperty(key).GetString() ?? throw new FormatException($"'{key}' is null");

    private static DiagnosticException Wrong(string name, string what, Exception? inner = null) =>
        new(
            new Diagnostic(HubCodes.BadLock, Severity.Error, $"The lock file '{name}' cannot be read: {what}.") { Hint = "Restore it from version control, or delete it and fetch again." },
            inner);
}

/// <summary>A dataset as the lock names it.</summary>
/// <param name="Snapshot">The dataset, its revision and the commit that it is held at.</param>
/// <param name="Files">The files that were fetched, in ordinal order of their paths.</param>
public sealed record LockedDataset(HubSnapshot Snapshot, IReadOnlyList<LockedFile> Files);

/// <summary>A file as the lock names it.</summary>
/// <param name="Path">Path in the dataset, with <c>/</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Hash">Hash of the content.</param>
public sealed record LockedFile(string Path, long Size, ContentHash Hash);
