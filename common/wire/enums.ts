/** The schema's enumerations, by their names on the wire. Their values are numbers. */
export {
  BootStatus_Stage,
  CloseChannel_Action,
  CloseChannelRes_Status,
  ContainerState_State,
  File_Type,
  FileEvent_Op,
  OpenChannel_Action,
  OpenChannelRes_State,
  State,
} from "../gen/api_pb.ts";
