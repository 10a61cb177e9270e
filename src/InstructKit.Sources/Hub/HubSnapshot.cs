namespace InstructKit.Sources.Hub;

/// <summary>A dataset of the hub at one commit.</summary>
/// <param name="Id">Dataset, such as <c>aps/super_glue</c>.</param>
/// <param name="Revision">The branch, tag or commit that was asked for.</param>
/// <param name="Commit">The commit that it stood for, 40 hexadecimal digits.</param>
public sealed record HubSnapshot(string Id, string Revision, string Commit);
